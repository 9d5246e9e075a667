// Owns reading lines of separated values: quotes, line ends, the mark at the start, and which separator it
// is. Must not know what the columns mean.

/** @param {string} line */
function separatorOf(line) {
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (/** @type {string} */ mark) => bare.split(mark).length;
  return [',', ';', '\t'].sort((a, b) => count(b) - count(a))[0];
}

/**
 * @param {string} given
 * @returns {string[][]} rows of cells, without empty rows
 */
export function readCsv(given) {
  const text = given.replace(/^\uFEFF/, '');
  const separator = separatorOf(text.slice(0, (text.search(/[\r\n]/) + 1 || text.length + 1) - 1));
  const cell = new RegExp(
    `(?:"((?:[^"]|"")*)"|((?!")[^${separator}\\r\\n]*))(${separator}|\\r\\n|\\r|\\n|$)`,
    'gy',
  );
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const found = cell.exec(text);
    if (!found)
      throw new Error(
        `line ${rows.length + 1}: got a quote that does not end, near “${text.slice(at, at + 20)}”`,
      );
    row.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] === separator) {
      if (cell.lastIndex === text.length) row.push('');
      else continue;
    }
    if (row.some((value) => value.trim() !== '')) rows.push(row);
    row = [];
  }
  return rows;
}
