// Owns the section `accuracy` of RESULTS.md between its markers: a block a part, those not measured this
// time as they were. Must not read files.

const open = '<!-- accuracy -->',
  close = '<!-- /accuracy -->';
const blockPattern = /<!-- accuracy: ([a-z0-9-]+) -->\n([^]*?)\n<!-- \/accuracy: \1 -->/g;

/**
 * @param {string} results
 * @param {Map<string, string>} blocks by name, as measured now
 * @param {readonly string[]} order of all names; others are dropped
 * @returns {string} the same text with the section rewritten
 */
export function rewriteSection(results, blocks, order) {
  const from = results.indexOf(open),
    to = results.indexOf(close);
  if (from < 0 || to < from || results.indexOf(open, from + 1) >= 0 || results.indexOf(close, to + 1) >= 0)
    throw new Error(`RESULTS.md: wanted ${open} and ${close}, each once and in this order`);
  const before = new Map(
    Array.from(results.slice(from, to).matchAll(blockPattern), ([, name, text]) => [name, text]),
  );
  const all = new Map([...before, ...blocks]);
  const text = order.flatMap((name) =>
    all.has(name) ? [`<!-- accuracy: ${name} -->\n${all.get(name)}\n<!-- /accuracy: ${name} -->`] : [],
  );
  return `${results.slice(0, from)}${open}\n${text.join('\n\n')}\n${results.slice(to)}`;
}
