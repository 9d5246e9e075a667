// Owns that web/core/abi.js says what the headers say: layouts, numbers, names. Must not know what they are
// for.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import * as abi from '../../../web/core/abi.js';
import { WasmMemory, terminatedText } from '../../../web/core/memory.js';
import { readStruct, writeStruct } from '../../../web/core/struct.js';
import { root } from '../../support.js';
import { falseFacts, layoutFacts, membersOf } from './c-facts.js';

/** @import { Layout } from '../../../web/core/abi.js' */

/** @type {Record<string, string>} */ const headers = {};
for (const folder of ['include', 'src'])
  for (const entry of readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' }))
    if (entry.endsWith('.h'))
      headers[`${folder}/${entry.replaceAll('\\', '/')}`] = readFileSync(
        new URL(`${folder}/${entry}`, root),
        'utf8',
      );
const includes = ['ampcf.h', 'ampcf_taste.h', 'ampcf_train.h', 'core/format.h'],
  text = Object.values(headers).join('\n');

const layouts = /** @type {[struct: string, layout: Layout][]} */ (
  Object.entries(abi).filter(([, value]) => typeof value === 'object' && 'fields' in value)
);
/** Exports with a name of C: macros and enumerators. */
const numbers = Object.entries(abi).filter(([name]) => /^[A-Z0-9_]+$/.test(name));
/** @type {[string, string][]} */
const facts = [
  ...layouts.flatMap(layoutFacts),
  ...numbers.map(
    ([name, value]) => /** @type {[string, string]} */ ([`${name} == ${value}`, `${name} is not ${value}`]),
  ),
];

/**
 * Enumerators and their numbers.
 * @param {string} name of the enum
 * @returns {[name: string, value: number][]}
 */
function enumerators(name) {
  const body = new RegExp(`typedef enum ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? '';
  return [...body.replace(/\/\*[^]*?\*\//g, '').matchAll(/(\w+)\s*=\s*(\d+)/g)].map(([, key, value]) => [
    key,
    Number(value),
  ]);
}

describe('layouts and numbers', () => {
  test('are those of C on wasm32', async () => {
    assert.ok(layouts.length >= 10 && numbers.length > 40);
    assert.deepEqual(await falseFacts(headers, includes, facts), []);
  });

  test('leave no field out', () => {
    for (const [struct, { fields }] of layouts)
      assert.deepEqual(Object.keys(fields), membersOf(text, struct), struct);
  });

  test('fail where a field moves, changes its type or its number, and say which', async () => {
    /** @param {...[what: string, by: string]} changes */
    const changed = (...changes) =>
      changes.reduce(
        (files, [what, by]) => {
          const path = Object.keys(files).find((name) => files[name].includes(what)) ?? '';
          assert.ok(path, what);
          return { ...files, [path]: files[path].replace(what, by) };
        },
        { ...headers },
      );
    const moved = changed(['    double bias;', '    double news;\n    double bias;']);
    assert.deepEqual(await falseFacts(moved, includes, facts), [
      'ampcf_explanation does not have 32 bytes',
      'ampcf_explanation.bias is not at 8',
      'ampcf_explanation.residual is not at 16',
      'ampcf_explanation.persona is not at 24',
    ]);
    assert.notDeepEqual(
      membersOf(moved['include/ampcf.h'], 'ampcf_explanation'),
      Object.keys(abi.ampcf_explanation.fields),
    );
    const others = changed(
      ['uint32_t persona; /* that of ampcf_score */', 'int32_t persona;'],
      ['AMPCF_E_LIMIT = 20', 'AMPCF_E_LIMIT = 28'],
      ['AMPCF_MAX_WEIGHT 1024', 'AMPCF_MAX_WEIGHT 512'],
    );
    assert.deepEqual((await falseFacts(others, includes, facts)).sort(), [
      'AMPCF_E_LIMIT is not 20',
      'AMPCF_MAX_WEIGHT is not 1024',
      'ampcf_explanation.persona is no u32',
    ]);
  });

  test('sizes of what kernel.js reads by hand, and where its numbers are', () => {
    const at = (/** @type {Layout} */ { fields }) => Object.values(fields).map(([, offset]) => offset);
    assert.equal(abi.ampcf_fault.bytes, abi.faultBytes);
    assert.equal(abi.ampcf_ranked.bytes, 4 * abi.rankedWords);
    assert.deepEqual(at(abi.ampcf_ranked), [0, 4, 8]);
    assert.equal(abi.ampcf_explanation.bytes, 8 * abi.explanationDoubles);
    assert.deepEqual(at(abi.ampcf_explanation), [0, 8, 16, 24]);
    assert.equal(abi.ampcf_model_facts.bytes, 4 * abi.factsWords);
    assert.deepEqual(at(abi.ampcf_model_facts), [0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
  });

  test('structs are read as they were written', () => {
    for (const [, layout] of layouts) {
      if (Object.values(layout.fields).some(([type]) => type === 'bytes')) continue; // only written
      const values = Object.fromEntries(Object.keys(layout.fields).map((name, i) => [name, i + 1])),
        bytes = writeStruct(layout, values);
      assert.equal(bytes.length, layout.bytes);
      assert.deepEqual(readStruct(layout, bytes), values);
    }
  });
});

describe('names', () => {
  /** @type {WasmMemory} */ let memory;
  before(() => {
    memory = new WasmMemory(
      new WebAssembly.Module(readFileSync(new URL('dist/wasm/train-scalar.wasm', root))),
    );
  });

  test('every status is there, and is called what C calls it', () => {
    const statuses = enumerators('ampcf_status');
    assert.deepEqual(
      [...abi.statusNames.keys()].filter((status) => abi.statusNames[status] !== '-'),
      statuses.map(([, value]) => value),
    );
    for (const [name, value] of statuses) {
      assert.equal(Object(abi)[name], value, name);
      assert.equal(
        abi.statusNames[value],
        terminatedText(memory, memory.call('ampcf_status_name', value)),
        name,
      );
    }
  });

  test('every setting, measure of taste and choice of the trainer is there', () => {
    const names = ['setting', 'ampcf_taste_measure', 'ampcf_objective', 'ampcf_attention'];
    for (const name of [...names, 'ampcf_neighbours_method', 'ampcf_vector_type']) {
      const known = enumerators(name);
      assert.ok(known.length > 1, name);
      for (const [key, value] of known)
        if (key !== 'SETTING_KNOWN') assert.equal(Object(abi)[key], value, key);
    }
  });

  test('exports are called by kernels only, and each of them is', () => {
    const exports = ['core', 'train', 'taste'].flatMap(
      (room) => readFileSync(new URL(`src/${room}/exports.txt`, root), 'utf8').match(/^\w+$/gm) ?? [],
    );
    const called = new Set();
    for (const path of readdirSync(new URL('web', root), { recursive: true, encoding: 'utf8' })) {
      if (!path.endsWith('.js')) continue;
      const source = readFileSync(new URL(`web/${path}`, root), 'utf8');
      const names = [...source.matchAll(/'(ampcf_\w+)'/g)].map(([, name]) => name);
      for (const name of names) called.add(name);
      const isKernel = /(^|[\\/])kernel(-items)?\.js$/.test(path);
      // The first thing asked of every instance, before it is anybody's kernel.
      if (!isKernel)
        assert.deepEqual(
          names.filter((name) => name !== 'ampcf_self_test'),
          [],
          path,
        );
    }
    assert.deepEqual([...new Set(exports)].sort(), [...called].sort());
  });

  test('every section has words for messages, in the order of the types', () => {
    const sections = enumerators('section_type'),
      known = sections.pop();
    assert.deepEqual(known, ['SECTION_KNOWN', abi.sectionNames.length]);
    for (const [key, type] of sections) {
      const words = key.replace('SECTION_', '').toLowerCase().split('_'),
        named = abi.sectionNames[type];
      assert.ok(words[0] && named.startsWith(words[0]), `${key}: ${named}`);
      // Bytes are called by what they hold: ids, titles, aspect names, metadata.
      if (!['bytes', 'items'].includes(words[1])) assert.equal(named, words.join(' '));
    }
  });
});
