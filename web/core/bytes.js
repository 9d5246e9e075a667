// Owns views of bytes and their digits. Must not know what the bytes mean.

/**
 * The bytes behind a buffer or a view of one, of a length that no longer changes; undefined for anything else
 * and for a buffer that was transferred away.
 * @param {unknown} source
 * @returns {Uint8Array | undefined}
 */
export function bytesView(source) {
  try {
    if (ArrayBuffer.isView(source))
      return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    if (source instanceof ArrayBuffer || source instanceof SharedArrayBuffer)
      return new Uint8Array(source, 0, source.byteLength);
  } catch {
    // Detached, or an engine without shared memory.
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
