// Owns which buffers of something sent can be given away. Must not send.

/**
 * @param {unknown} value bytes, or an object that holds some
 * @returns {ArrayBuffer[]} each once
 */
export function buffersOf(value) {
  const fields =
    ArrayBuffer.isView(value) || value instanceof ArrayBuffer ? [value] : Object.values(Object(value));
  const found = fields.map((field) => (ArrayBuffer.isView(field) ? field.buffer : field));
  return [...new Set(found.filter((buffer) => buffer instanceof ArrayBuffer))];
}
