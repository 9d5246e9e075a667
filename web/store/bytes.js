// Owns the comparison that every store makes before it writes. Must not know what the bytes are.

/**
 * Equal bytes, or both absent.
 * @param {Uint8Array | undefined} a
 * @param {Uint8Array | undefined} b
 */
export function sameBytes(a, b) {
  return (
    a === b ||
    (a !== undefined && b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]))
  );
}
