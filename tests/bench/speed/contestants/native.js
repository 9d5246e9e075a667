// Owns this project's C as a contestant, compiled for the machine by its `cc`. Must not use WebAssembly.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Skipped } from './skipped.js';

/** @import { Table } from '../tables.js' */

const root = fileURLToPath(new URL('../../../../', import.meta.url));
/** As modules.json has it for every build: the same bits. */
const flags = ['-std=c11', '-O3', '-ffp-contract=off', '-D_POSIX_C_SOURCE=200809L', '-Iinclude', '-Isrc'];

const source = 'tests/bench/speed/contestants/native.c';
const program = `${root}build/bench-speed/native`;
/** @type {import('node:child_process').ChildProcess | undefined} */ let running;

/** Members of ampcf_scan_counts, where this version has it. */
function stageNames() {
  const header = readFileSync(`${root}include/ampcf.h`, 'utf8');
  const members = /struct ampcf_scan_counts \{([^}]*)\}/.exec(header)?.[1] ?? '';
  return Array.from(members.matchAll(/^\s*uint32_t (\w+);/gm), ([, name]) => name);
}

/** Compile, unless what is there is newer than its sources. */
export function prepare() {
  const changed = (/** @type {string} */ path) => statSync(path).mtimeMs;
  const files = (/** @type {string} */ name) =>
    readdirSync(`${root}${name}`).map((file) => `${name}/${file}`);
  const all = ['include', 'src/base', 'src/core'].flatMap(files);
  const newest = Math.max(...[source, ...all].map((path) => changed(`${root}${path}`)));
  if (existsSync(program) && changed(program) > newest) return;
  mkdirSync(`${root}build/bench-speed`, { recursive: true });
  const sources = all.filter((path) => path.endsWith('.c'));
  const counted = stageNames().length > 0 ? ['-DSCAN_STATS'] : [];
  const args = [...flags, ...counted, source, ...sources, '-lm', '-o', program];
  const { error, status, stderr } = spawnSync('cc', args, { cwd: root, encoding: 'utf8' });
  if (error) throw new Skipped('no C compiler here (cc)');
  if (status !== 0) throw new Error(`cc: ${stderr}`);
}

/** Of the program, where the system says so; else undefined. */
export function residentBytes() {
  const path = `/proc/${running?.pid}/status`;
  if (!existsSync(path)) return undefined;
  return 1024 * Number(/^VmRSS:\s*(\d+) kB/m.exec(readFileSync(path, 'utf8'))?.[1]);
}

/** @param {Table} table */
function peopleFile({ folder, people }) {
  const words = [people.length];
  for (const { history, candidates } of people)
    words.push(history.length, candidates.length, ...history, ...candidates);
  const path = `${folder}/people`;
  writeFileSync(path, Uint32Array.from(words));
  return path;
}

/**
 * @param {string} line milliseconds, then item and score in turn, then what each stage looked at
 * @param {string[]} names of the stages
 */
function parsed(line, names) {
  const [ranked, counts = ''] = line.split(' #');
  const [ms, ...rest] = ranked.split(' ').map(Number);
  const half = (/** @type {0 | 1} */ odd) => rest.filter((_, i) => i % 2 === odd);
  const looked = counts.trim().split(' ').map(Number);
  const stages = Object.fromEntries(names.map((name, i) => [name, looked[i]]));
  // Nine figures name one float.
  return { ms, items: half(0), scores: half(1).map(Math.fround), stages };
}

/**
 * @param {Table} table
 * @param {number} top
 * @param {'f32' | 'int8'} type
 */
async function start(table, top, type) {
  const args = [`${table.folder}/${type}.ampcf`, peopleFile(table), String(top)];
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  running = child;
  const names = stageNames();
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = (/** @type {string} */ what) => async (/** @type {number} */ p) => {
    child.stdin.write(`${what} ${p}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`the native program ended at ${what} ${p}`);
    return parsed(value, names);
  };
  return {
    one: ask('one'),
    four: ask('four'),
    whole: ask('whole'),
    wholeFour: ask('wholeFour'),
    candidates: ask('candidates'),
  };
}

/** @param {Table} table @param {number} top */
export const startF32 = (table, top) => start(table, top, 'f32');

/** @param {Table} table @param {number} top */
export const startInt8 = (table, top) => start(table, top, 'int8');
