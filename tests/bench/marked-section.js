// Owns the text between two markers of a document. Must not read files.

/**
 * @param {string} text of the document
 * @param {string} name between <!-- name --> and <!-- /name -->, each once
 * @param {string} block
 * @returns {string} the same text with the block between its markers
 */
export function withSection(text, name, block) {
  const open = `<!-- ${name} -->`;
  const close = `<!-- /${name} -->`;
  const from = text.indexOf(open);
  const to = text.indexOf(close);
  if (from < 0 || to < from || text.indexOf(open, from + 1) >= 0 || text.indexOf(close, to + 1) >= 0)
    throw new Error(`wanted ${open} and ${close}, each once and in this order`);
  return `${text.slice(0, from)}${open}\n${block}\n${text.slice(to)}`;
}
