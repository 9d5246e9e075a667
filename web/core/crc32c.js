// Owns CRC32C in JavaScript, for files that are checked where no core is at hand. Must not know what the
// bytes mean.

const table = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, byte) => {
  let x = byte;
  for (let bit = 0; bit < 8; bit++) x = x & 1 ? (x >>> 1) ^ 0x82f63b78 : x >>> 1;
  return x >>> 0;
});

/**
 * CRC32C of bytes, of one piece after the other where a checksum goes on.
 * @param {Uint8Array} bytes
 * @param {number} [before] what it was of the bytes before
 */
export function crc32c(bytes, before = 0) {
  let crc = ~before >>> 0;
  for (let i = 0; i < bytes.length; i++) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
