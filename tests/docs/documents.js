// Owns reading documents: which there are, their code blocks with what stands before them, their links
// and the paths they name. Must not run or judge anything.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const places = ['.github', '.ci', 'examples', 'include', 'src', 'tests', 'web'];

/**
 * @typedef {object} Block
 * @property {string} at where it stands, for people: README.md:12
 * @property {string} language
 * @property {string} code
 * @property {string[]} fixtures what it needs, by name
 * @property {string | null} notRun why it cannot run
 */

/** Every file of the repository, as paths from the root; what is built or installed is no part of it. */
export const files = [
  ...readdirSync(root, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : [])),
  ...places.flatMap((place) => {
    if (!existsSync(`${root}${place}`)) return [];
    return readdirSync(`${root}${place}`, { recursive: true, encoding: 'utf8' }).map(
      (name) => `${place}/${name}`,
    );
  }),
].filter((path) => !path.includes('node_modules'));

export const documents = files.filter((path) => path.endsWith('.md'));

/** @param {string} path */
export const textOf = (path) => readFileSync(`${root}${path}`, 'utf8');

/**
 * What the comment before a block says.
 * @param {string | undefined} line
 */
function directive(line) {
  const [, kind, what] = /^<!-- (run|not run): (.*) -->$/.exec(line ?? '') ?? [];
  return {
    fixtures: kind === 'run' ? what.replace(/^with /, '').split(', ') : [],
    notRun: kind === 'not run' ? what : null,
  };
}

/**
 * @param {string} path
 * @returns {Block[]}
 */
export function blocksOf(path) {
  const lines = textOf(path).split('\n'),
    blocks = [];
  for (let i = 0; i < lines.length; i++) {
    const language = /^```(.*)$/.exec(lines[i])?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`${path}:${i + 1}: a block without an end`);
    const code = lines.slice(i + 1, end).join('\n');
    blocks.push({ at: `${path}:${i + 1}`, language, code, ...directive(lines[i - 1]) });
    i = end;
  }
  return blocks;
}

/**
 * The document without its code blocks.
 * @param {string} path
 */
export const proseOf = (path) => textOf(path).replaceAll(/^```[^]*?^```$/gm, '');

/**
 * Targets of links and pictures.
 * @param {string} path
 */
export const linksOf = (path) =>
  Array.from(proseOf(path).matchAll(/\]\(([^)\s]+)\)/g), ([, target]) => target).filter(
    (target) => !/^[a-z]+:/.test(target),
  );

/**
 * The anchors of a document's headings, as GitHub makes them.
 * @param {string} path
 */
export const anchorsOf = (path) =>
  Array.from(proseOf(path).matchAll(/^#+ (.*)$/gm), ([, title]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

const ending = '(?:js|ts|c|h|md|json|cmake|wasm|svg|png)';

/**
 * What stands between backticks and looks like a file of the repository: a name with an ending that ours
 * have. Names in capitals stand for others, and what is built is not here.
 * @param {string} path
 */
export const pathsOf = (path) =>
  Array.from(proseOf(path).matchAll(/`([^`\n]+)`/g), ([, text]) => text)
    .flatMap((text) => text.split(/\s+/))
    .filter(
      (word) =>
        new RegExp(`^[\\w.@/-]+\\.${ending}$`).test(word) ||
        /^(?:src|web|tests|examples|include)\/\S+$/.test(word),
    )
    .filter((word) => !/NAME|FOLDER|FILE|\*/.test(word) && !/^(?:build|dist|ampcf|\.\.\/dist)\//.test(word));

/**
 * Files of the repository that a source file names, in comments and elsewhere.
 * @param {string} text
 */
export const citedIn = (text) => [
  ...Array.from(
    text.matchAll(/(?<![\w./-])((?:src|web|tests|examples|include)\/[\w/-]+\.(?:js|c|h|md|json))\b/g),
    ([, path]) => path,
  ),
  ...Array.from(text.matchAll(/(?<![\w./-])([A-Z]{3,}\.md)\b/g), ([, name]) => name),
];

/**
 * The files that a JavaScript file imports by a relative path; imports of types are none.
 * @param {string} path
 */
export const importsOf = (path) =>
  Array.from(
    textOf(path)
      .replaceAll(/\/\*[^]*?\*\//g, '')
      .matchAll(/(?:from |import |import\()'(\.\.?\/[^']+)'/g),
    ([, target]) => posix.normalize(posix.join(posix.dirname(path), target)),
  );
