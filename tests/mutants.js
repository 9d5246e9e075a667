// Owns breaking each check of the validators in turn, and showing that a test notices: in C those of
// model files, summaries and events, in JavaScript those of saved profiles, slots and events. Must end
// with 1 when more than one in twenty lives. Survivors that change nothing are listed with the reason.
//
// Usage: npm run mutants. It takes some minutes and needs a C compiler; `node tests/mutants.js c` or `js`
// does half.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { constants } from '../web/build/constants.js';

/**
 * A piece of a file, and what replaces it.
 * @typedef {{ at: number, end: number, by: string, what: string }} Mutant
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const least = 0.95;

/**
 * Why a mutant cannot be noticed, by a piece of its text.
 * @type {[piece: string, why: string][]}
 */
const equal = [
  ['s->rows > FORMAT_MAX_NEIGHBOURS', 'a file that reaches it has more than a gigabyte'],
  ['without: m->metadata', 'where there is none, none of its bytes is wrong'],
  ['without: to >= from', 'a step down is a step of more than 2^31, which is too long'],
  ['without: to <= n_entries', 'offsets that never fall and end at n_entries are below it'],
  [
    'without: start > o->n_bytes',
    'what is then read behind the end has no right checksum: only AddressSanitizer sees it read',
  ],
  ['{DTYPE_F32, ROWS_SETTINGS', 'each setting has a narrower range of its own'],
  ['higher: [SETTING_LAMBDA]', 'no setting is above 2^20 in any kind'],
  ['lower: {DTYPE_F32, ROWS_GRAM', 'in single precision 2^64 + 1 is 2^64'],
];

// ---- Where conditions are ----

/**
 * The end of what begins at `from` inside brackets: the closing one, or a comma at the top.
 * @param {string} text
 * @param {number} from
 * @param {string} stops
 */
function endOf(text, from, stops) {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const c = text[i];
    if (c === "'" || c === '"' || c === '`') i = text.indexOf(c, i + 1);
    else if (depth === 0 && stops.includes(c)) return i;
    else if ('([{'.includes(c)) depth++;
    else if (')]}'.includes(c)) depth--;
  }
  throw new Error('brackets do not match');
}

/**
 * The operands of the || or && at the top of a condition.
 * @param {string} condition
 * @returns {{ from: number, to: number, operator: string }[]} `operator` before it, or after the first
 */
function operandsOf(condition) {
  const parts = [];
  let [depth, from, operator] = [0, 0, ''];
  for (let i = 0; i < condition.length; i++) {
    const c = condition[i];
    if ('([{'.includes(c)) depth++;
    if (')]}'.includes(c)) depth--;
    const two = condition.slice(i, i + 2);
    if (depth === 0 && (two === '||' || two === '&&')) {
      parts.push({ from, to: i, operator: operator || two });
      [from, operator] = [i + 2, two];
      i++;
    }
  }
  if (parts.length > 0) parts.push({ from, to: condition.length, operator });
  return parts;
}

const flips = { '<=': '<', '>=': '>', '<': '<=', '>': '>=' };

/**
 * A condition never true, each part of it left out, each comparison one off.
 * @param {string} text
 * @param {number} at
 * @param {number} end
 * @param {string} [never] what the whole becomes; none where it is no refusal
 * @returns {Mutant[]}
 */
function mutantsOfCondition(text, at, end, never) {
  const condition = text.slice(at, end);
  const short = (/** @type {string} */ piece) => piece.replace(/\s+/g, ' ').trim();
  const out = never ? [{ at, end, by: never, what: `never: ${short(condition)}` }] : [];
  for (const { from, to, operator } of operandsOf(condition)) {
    const by = operator === '||' ? ' 0 ' : ' 1 ';
    out.push({ at: at + from, end: at + to, by, what: `without: ${short(condition.slice(from, to))}` });
  }
  for (const match of condition.matchAll(/(?<![-<>=])(<=|>=|<|>)(?![<>=])/g)) {
    const sign = /** @type {keyof typeof flips} */ (match[1]);
    const place = at + match.index;
    const around = short(condition.slice(Math.max(0, match.index - 24), match.index + 24));
    out.push({
      at: place,
      end: place + sign.length,
      by: flips[sign],
      what: `${sign} to ${flips[sign]}: ${around}`,
    });
  }
  return out;
}

/**
 * Every refusal and every fact that refusals are about.
 * @param {string} text of a C file
 */
function mutantsInC(text) {
  /** @type {Mutant[]} */
  const out = [];
  for (const { index } of text.matchAll(/(?<!define )REFUSE_IF\(/g)) {
    const at = index + 'REFUSE_IF('.length;
    out.push(...mutantsOfCondition(text, at, endOf(text, at, ','), '0'));
  }
  for (const match of text.matchAll(/\bint (?:steps|denormal|reserved|in_part) = /g)) {
    const at = match.index + match[0].length;
    out.push(...mutantsOfCondition(text, at, endOf(text, at, ';')));
  }
  for (const match of text.matchAll(/\bif \((?=[^;]*\)\s*return AMPCF_E_)/g)) {
    const at = match.index + match[0].length;
    out.push(...mutantsOfCondition(text, at, endOf(text, at, ')'), '0'));
  }
  return [...out, ...mutantsOfTables(text)];
}

/**
 * Bounds in tables: each a little lower and a little higher.
 * @param {string} text
 */
function mutantsOfTables(text) {
  /** @type {Mutant[]} */
  const out = [];
  const rows = new RegExp(
    [
      /\[(SETTING_\w+)\] = \{([^,]+), ([^}]+)\}/,
      /\{DTYPE_\w+, ROWS_\w+, \w+, ([^,]+),\s+([^}]+)\}/,
      /\{(AMPCF_MIN_\w+), (AMPCF_MAX_\w+)\}/,
      /\{(0|-\w+), (\w+(?: \* \w+)?)\}/,
    ]
      .map(({ source }) => source)
      .join('|'),
    'g',
  );
  for (const match of text.matchAll(rows)) {
    const bounds = match.slice(2).filter((piece) => piece !== undefined);
    if (bounds.every((piece) => piece.trim() === '0')) continue;
    let from = match.index;
    for (const [i, piece] of bounds.entries()) {
      const at = text.indexOf(piece, from + (i > 0 ? 1 : 0));
      from = at + piece.length;
      const by = i === 0 ? `((${piece}) - 1)` : `((${piece}) * 1.5f)`;
      out.push({ at, end: from, by, what: `${i ? 'higher' : 'lower'}: ${match[0].replace(/\s+/g, ' ')}` });
    }
  }
  return out;
}

/**
 * Every condition that ends in a refusal.
 * @param {string} text of a file in JavaScript
 */
function mutantsInJs(text) {
  /** @type {Mutant[]} */
  const out = [];
  for (const match of text.matchAll(/\bif \((?=[^{;]*?\)\s*(?:throw|return found\('(?:broken|newer)))/g)) {
    const at = match.index + match[0].length;
    out.push(...mutantsOfCondition(text, at, endOf(text, at, ')'), 'false'));
  }
  return out;
}

const changed = (/** @type {string} */ text, /** @type {Mutant} */ { at, end, by }) =>
  text.slice(0, at) + by + text.slice(end);

const reasonOf = (/** @type {string} */ what) => equal.find(([piece]) => what.includes(piece))?.[1];

/**
 * @param {string} file
 * @param {string} what
 * @param {string} by which test noticed; '' = none
 */
function outcome(file, what, by) {
  const why = reasonOf(what);
  if (by === '') console.log(`lives: ${file}: ${what}${why ? ` (${why})` : ''}`);
  return { file, what, by };
}

// ---- C ----

/** The quick tests first. */
const testsInC = [
  ['core/test_bad_files', 'tests/golden/bad'],
  ['core/test_model_hostile'],
  ['core/test_learning'],
  ['core/test_profile'],
  ['core/test_model_sections'],
  ['train/test_model_write'],
  ['train/test_short_memory'],
  ['core/test_model'],
];
const filesInC = ['src/core/model.c', 'src/core/profile.c', 'src/core/condense.c', 'src/core/summary.h'];

/**
 * @param {string[]} args
 * @param {string} [cwd]
 */
function cc(args, cwd = root) {
  return spawnSync('cc', ['-std=c11', '-O1', '-w', '-ffp-contract=off', ...args], { cwd, encoding: 'utf8' });
}

/** Objects of everything, from which a mutant replaces one. */
function prepareC() {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-mutants-'));
  cpSync(join(root, 'src'), join(folder, 'src'), { recursive: true });
  const sources = ['base', 'core', 'train', 'taste'].flatMap((room) =>
    readdirSync(join(root, 'src', room))
      .filter((name) => name.endsWith('.c'))
      .map((name) => `src/${room}/${name}`),
  );
  const includes = ['-I', join(root, 'include'), '-I', join(folder, 'src'), '-I', join(root, 'tests/src')];
  const objectOf = (/** @type {string} */ path) => join(folder, `${path.replaceAll('/', '-')}.o`);
  const compile = (/** @type {string} */ path, from = root) => {
    const { status, stderr } = cc([...includes, '-c', join(from, path), '-o', objectOf(path)]);
    return status === 0 ? '' : stderr;
  };
  for (const path of [...sources, ...testsInC.map(([name]) => `tests/src/${name}.c`)]) {
    const error = compile(path);
    if (error) throw new Error(error);
  }
  /** The name of the first test that fails; '' when all pass. */
  const noticedBy = () => {
    for (const [name, ...args] of testsInC) {
      const program = join(folder, 'test');
      cc([...sources.map(objectOf), objectOf(`tests/src/${name}.c`), '-lm', '-o', program]);
      if (spawnSync(program, args, { cwd: root, timeout: 30_000 }).status !== 0) return name;
    }
    return '';
  };
  return { folder, compile: (/** @type {string} */ path) => compile(path, folder), noticedBy };
}

/** Every mutant of the C files, one after another. */
function tryC() {
  const { folder, compile, noticedBy } = prepareC();
  if (noticedBy() !== '') throw new Error(`${noticedBy()} fails without a mutant`);
  const outcomes = [];
  for (const file of filesInC) {
    const text = readFileSync(join(root, file), 'utf8');
    const dependent = file.endsWith('.h') ? ['src/core/profile.c', 'src/core/condense.c'] : [file];
    for (const mutant of mutantsInC(text)) {
      writeFileSync(join(folder, file), changed(text, mutant));
      const error = dependent.map(compile).join('');
      if (!error) outcomes.push(outcome(file, mutant.what, noticedBy()));
    }
    writeFileSync(join(folder, file), text);
    dependent.forEach(compile);
  }
  rmSync(folder, { recursive: true });
  return outcomes;
}

// ---- JavaScript ----

/** @type {Record<string, string[]>} files, and the tests that should notice */
const filesInJs = {
  'web/store/container.js': ['tests/web/store/container.test.js'],
  'web/model/saved-profile.js': ['tests/web/model/saved-profile.test.js', 'tests/web/model/bounds.test.js'],
  'web/model/history.js': [
    'tests/web/model/saved-profile.test.js',
    'tests/web/model/bounds.test.js',
    'tests/web/model/profile.test.js',
  ],
};

/** A copy of what tests in JavaScript need, bundled anew for each mutant. */
async function tryJs() {
  const folder = mkdtempSync(join(tmpdir(), 'ampcf-mutants-'));
  for (const name of ['web', 'dist', 'examples', 'src', 'include', 'package.json'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  mkdirSync(join(folder, 'tests'));
  for (const name of ['support.js', 'web', 'golden'])
    cpSync(join(root, 'tests', name), join(folder, 'tests', name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const bundle = () =>
    build({
      entryPoints: [join(folder, 'web/ampcf.js')],
      outfile: join(folder, 'dist/ampcf.js'),
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      loader: { '.wasm': 'base64', '.zlib': 'base64' },
      define: constants(new URL('../', import.meta.url)),
      logLevel: 'silent',
    });
  const noticedBy = (/** @type {string[]} */ tests) =>
    tests.find(
      (test) => spawnSync(process.execPath, ['--test', test], { cwd: folder, timeout: 120_000 }).status !== 0,
    ) ?? '';
  const outcomes = [];
  for (const [file, tests] of Object.entries(filesInJs)) {
    const text = readFileSync(join(root, file), 'utf8');
    await bundle();
    if (noticedBy(tests) !== '') throw new Error(`${noticedBy(tests)} fails without a mutant`);
    for (const mutant of mutantsInJs(text)) {
      writeFileSync(join(folder, file), changed(text, mutant));
      await bundle();
      outcomes.push(outcome(file, mutant.what, noticedBy(tests)));
    }
    writeFileSync(join(folder, file), text);
  }
  rmSync(folder, { recursive: true });
  return outcomes;
}

// ---- Outcome ----

const only = process.argv[2];
const outcomes = [...(only === 'js' ? [] : tryC()), ...(only === 'c' ? [] : await tryJs())];
const survivors = outcomes.filter(({ by }) => by === '');
const counted = outcomes.length - survivors.filter(({ what }) => reasonOf(what)).length;
const killed = outcomes.length - survivors.length;
for (const file of [...filesInC, ...Object.keys(filesInJs)]) {
  const of = outcomes.filter((one) => one.file === file);
  if (of.length > 0)
    console.log(`${file}: ${of.filter(({ by }) => by !== '').length} of ${of.length} noticed`);
}
console.log(`${killed} of ${outcomes.length} noticed, ${outcomes.length - counted} can change nothing`);
if (killed < least * counted) process.exitCode = 1;
