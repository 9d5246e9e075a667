// Owns asking C about layouts and numbers: facts become static assertions, and a compiler for wasm32 says
// which do not hold. Must not know what the facts are for.
import { runClang } from '@yowasp/clang';

/** @import { Layout } from '../../../web/core/abi.js' */
/** @typedef {Record<string, string>} Files path -> text */

const bytesOf = { bytes: 1, u32: 4, u64: 8, f32: 4, f64: 8, pointer: 4 };
/** Which types of C on wasm32 are meant: associations of `_Generic`. */
const typesOf = {
  bytes: 'unsigned char: 1, char: 1, default: 0',
  u32: 'unsigned int: 1, unsigned long: 1, default: 0',
  u64: 'unsigned long long: 1, default: 0',
  f32: 'float: 1, default: 0',
  f64: 'double: 1, default: 0',
  pointer: 'int: 0, unsigned int: 0, long: 0, unsigned long: 0, float: 0, default: 1',
};

/**
 * Members of a struct as the header lists them, in order.
 * @param {string} header
 * @param {string} struct
 * @returns {string[]}
 */
export function membersOf(header, struct) {
  const body = new RegExp(`typedef struct ${struct} \\{([^}]*)\\}`).exec(header)?.[1];
  if (body === undefined) throw new Error(`no struct ${struct} in the headers`);
  return body
    .replace(/\/\*[^]*?\*\//g, '')
    .split(';')
    .flatMap((declaration) => declaration.split(','))
    .flatMap((declaration) => /(\w+)(?:\[\w+\])?\s*$/.exec(declaration)?.[1] ?? []);
}

/**
 * What C says of a layout when it is true.
 * @param {[struct: string, layout: Layout]} named
 * @returns {[condition: string, otherwise: string][]}
 */
export const layoutFacts = ([struct, { bytes, fields }]) => [
  [`sizeof(${struct}) == ${bytes}`, `${struct} does not have ${bytes} bytes`],
  ...Object.entries(fields).flatMap(
    ([name, [type, offset, length = 1]]) =>
      /** @type {[string, string][]} */ ([
        [`offsetof(${struct}, ${name}) == ${offset}`, `${struct}.${name} is not at ${offset}`],
        [`sizeof(((${struct} *)0)->${name}) == ${bytesOf[type] * length}`, `${struct}.${name} is no ${type}`],
        [
          `_Generic(((${struct} *)0)->${name}${length > 1 ? '[0]' : ''}, ${typesOf[type]})`,
          `${struct}.${name} is no ${type}`,
        ],
      ]),
  ),
];

/**
 * Compile the facts for wasm32.
 * @param {Files} headers below include/ and src/
 * @param {string[]} includes
 * @param {[condition: string, otherwise: string][]} facts
 * @returns {Promise<string[]>} which do not hold
 */
export async function falseFacts(headers, includes, facts) {
  const decoder = new TextDecoder();
  let said = '';
  const collect = (/** @type {Uint8Array | null} */ bytes) => {
    if (bytes) said += decoder.decode(bytes, { stream: true });
  };
  const source = [
    '#include <stddef.h>',
    ...includes.map((path) => `#include "${path}"`),
    ...facts.map(([condition, otherwise]) => `_Static_assert(${condition}, "${otherwise}");`),
  ];
  /** @type {any} */ const tree = { 'facts.c': `${source.join('\n')}\n` };
  for (const [path, text] of Object.entries(headers)) {
    const parts = path.split('/'),
      name = /** @type {string} */ (parts.pop());
    let at = tree;
    for (const part of parts) at = at[part] ??= {};
    at[name] = text;
  }
  const options = ['--target=wasm32-wasip1', '-std=c11', '-ferror-limit=0', '-Iinclude', '-Isrc'];
  try {
    await runClang(['clang', ...options, '-fsyntax-only', 'facts.c'], tree, {
      stdout: collect,
      stderr: collect,
    });
  } catch {
    const failed = [...said.matchAll(/static assertion failed.*: (.*)/g)].map(([, why]) => why);
    if (failed.length === 0) throw new Error(said);
    return failed;
  }
  return [];
}
