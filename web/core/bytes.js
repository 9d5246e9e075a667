// Owns views of bytes and their digits. Must not know what the bytes mean.

/**
 * The bytes behind a buffer or a view of one, of a length that no longer changes; undefined for anything else
 * and for a buffer that was transferred away.
 * @param {unknown} source
 * @returns {Uint8Array | undefined}
 */
export function bytesView(source) {
  try {
    // A DataView is made of buffers alone, also of shared ones and of those of other windows.
    const view = ArrayBuffer.isView(source) ? source : new DataView(/** @type {ArrayBuffer} */ (source));
    return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  } catch {
    // No buffer, or one that is detached.
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
