// Owns how a help reads in a terminal that is narrower than it was written for. Must not know any command.
import { hanging } from './layout.js';

/** @typedef {{ before: string, text: string }} HelpLine before: its indent, or options and blanks */

/** No line is longer, however wide the terminal is. */
const longest = 120;
/** Where a description would have less room, it begins on a line of its own. */
const leastRoom = 28;
/** What goes on below a description begins so near to where that began. */
const near = 4;

const indentOf = (/** @type {string} */ line) => /** @type {RegExpExecArray} */ (/^ */.exec(line))[0];

/**
 * Where descriptions begin in most lines.
 * @param {readonly string[]} lines
 */
function usualColumn(lines) {
  const counts = new Map();
  for (const line of lines) {
    const { length } = /^ *\S.*? {2,}(?=[^ -])/.exec(line)?.[0] ?? '';
    if (length > 0) counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

/**
 * A line in what stands before its description, and that.
 * @param {string} line
 * @param {number} usual
 * @returns {HelpLine}
 */
function partsOf(line, usual) {
  const indent = indentOf(line);
  const rest = line.slice(indent.length);
  // The last gap: several options may stand before one description.
  const option = /^(?:-.*\S|ampcf .*\S|[\w.,-]+) {2,}(?=[^ -])/.exec(rest)?.[0];
  if (option) return { before: indent + option, text: rest.slice(option.length) };
  if (rest.startsWith('-') && line[usual - 1] === ' ' && line[usual] !== ' ')
    return { before: line.slice(0, usual), text: line.slice(usual) };
  return { before: indent, text: rest };
}

/**
 * The lines of a help, each with what goes on in the next ones.
 * @param {string} usage
 */
function joined(usage) {
  const lines = usage.split('\n');
  const usual = usualColumn(lines);
  /** @type {HelpLine[]} */
  const made = [];
  for (const line of lines) {
    const parts = partsOf(line, usual);
    const last = made.at(-1);
    const indent = indentOf(line).length;
    const described = last && last.before.trim() !== '';
    const column = last?.before.length ?? 0;
    const below = described
      ? indent > near && Math.abs(indent - column) <= near
      : indent > 0 && indent === column && parts.before.trim() === '' && !/^-\S/.test(last?.text ?? '');
    const isNew = !last?.text || !line.trim() || (!described && /^-\S/.test(parts.text));
    if (below && !isNew) last.text += ` ${line.trim()}`;
    else made.push(parts);
  }
  return made;
}

/**
 * A help for so many cells: as it was written where there is no limit, else every paragraph and every
 * description broken anew.
 * @param {string} usage
 * @param {number} width
 */
export function helpText(usage, width) {
  if (width === Infinity) return usage;
  const cells = Math.min(width, longest);
  return joined(usage)
    .map(({ before, text }) => {
      if (text === '') return '';
      const column = before.length;
      const indent = indentOf(before);
      if (before === indent) return hanging(text, before, `${indent}${indent ? '' : '  '}`, cells);
      if (cells - column >= leastRoom) return hanging(text, before, ' '.repeat(column), cells);
      const below = `${indent}    `;
      return `${hanging(before.trim(), indent, below, cells)}\n${hanging(text, below, below, cells)}`;
    })
    .join('\n');
}
