// Owns how long trainings take: by cores where this version has the option, beside the authors' notebook and
// the ALS of implicit. Must not judge models.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { trainModel } from '../../../dist/train.js';
import { crc32c } from '../../support.js';
import { readRatings } from '../../../web/read/read-ratings.js';
import { markdownTable } from '../accuracy/text.js';
import { madeInteractions } from './made.js';
import { number } from './report.js';

/** @import { Interactions } from '../../../web/train.js' */

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** What the authors' notebook (PyTorch) took for a model of the lists of films, with one thread. */
const notebookSeconds = 230;
const dim = 64;

/**
 * @typedef {object} Trained
 * @property {number} seconds
 * @property {string} sum of the file's bytes
 */

/**
 * @param {Interactions} interactions
 * @param {Record<string, any>} options
 * @returns {Promise<Trained | string>} why not
 */
async function timed(interactions, options) {
  const began = performance.now();
  try {
    const { bytes } = await trainModel(interactions, options);
    const sum = crc32c(bytes).toString(16).padStart(8, '0');
    return { seconds: (performance.now() - began) / 1000, sum };
  } catch (error) {
    const { code, message } = /** @type {any} */ (error);
    if (code === 'BAD_ARGUMENT' && /\bcores\b/.test(message)) return 'this version has no option `cores`';
    throw error;
  }
}

/** implicit by itself: one thread or all, the same lists, the same sweeps. */
const script = `
import sys, time, numpy, scipy.sparse
import implicit
users, items, threads, dim, sweeps = map(int, sys.argv[2:7])
pairs = numpy.fromfile(sys.argv[1], dtype=numpy.uint32).reshape(-1, 2)
ones = numpy.ones(len(pairs), dtype=numpy.float32)
rows = scipy.sparse.csr_matrix((ones, (pairs[:, 0], pairs[:, 1])), shape=(users, items))
model = implicit.als.AlternatingLeastSquares(
    factors=dim, iterations=sweeps, num_threads=threads, use_gpu=False, use_cg=CG
)
began = time.time()
model.fit(rows, show_progress=False)
print(time.time() - began)
`;

/**
 * @param {Interactions} interactions
 * @param {number} threads
 * @param {number} sweeps
 * @param {boolean} isApproximate conjugate gradients in place of an exact solution
 * @returns {Trained | string}
 */
function implicitTimed({ users, items, user, item }, threads, sweeps, isApproximate) {
  const python = `${root}build/python/bin/python3`;
  if (!existsSync(python) || spawnSync(python, ['-c', 'import implicit']).status !== 0)
    return 'no implicit here (pip install implicit into build/python)';
  const file = `${root}build/bench-speed/pairs`,
    pairs = new Uint32Array(2 * user.length);
  for (let n = 0; n < user.length; n++) pairs.set([user[n], item[n]], 2 * n);
  mkdirSync(`${root}build/bench-speed`, { recursive: true });
  writeFileSync(file, pairs);
  const code = script.replace('use_cg=CG', `use_cg=${isApproximate ? 'True' : 'False'}`);
  const args = ['-c', code, file, ...[users.length, items.length, threads, dim, sweeps].map(String)];
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
  const { status, stdout, stderr } = spawnSync(python, args, { encoding: 'utf8', env });
  if (status !== 0) throw new Error(`implicit: ${stderr}`);
  return { seconds: Number(stdout), sum: '' };
}

/**
 * @param {string} name
 * @param {Interactions} interactions
 * @param {Trained | string} result
 * @param {Trained | string} [first]
 */
function row(name, { users, user }, result, first) {
  if (typeof result === 'string') return [name, `skipped: ${result}`, '', ''];
  const isAnother = typeof first === 'object' && first !== result;
  if (isAnother && first.sum !== result.sum) throw new Error(`${name}: other bytes than with 1 core`);
  const said = isAnother ? 'the same bytes' : '';
  return [
    name,
    result.seconds.toFixed(1),
    number(Math.round(users.length / result.seconds)),
    typeof first === 'object' ? `${(first.seconds / result.seconds).toFixed(2)}× ${said}`.trim() : '',
    `${number(user.length)} events of ${number(users.length)} people`,
  ];
}

/** @param {Interactions} interactions @param {string} what @param {number} sweeps */
async function alsRows(interactions, what, sweeps) {
  const cores = availableParallelism();
  const counts = cores > 1 ? [2, ...(cores > 2 ? [cores] : [])] : [];
  const options = { dim, sweeps, minSupport: 1 };
  const told = await timed(interactions, { ...options, cores: 1 });
  const one = typeof told === 'string' ? await timed(interactions, options) : told;
  const rows = [row(`${what}, 1 core`, interactions, one, one)];
  for (const n of counts)
    rows.push(
      row(`${what}, ${n} cores`, interactions, await timed(interactions, { ...options, cores: n }), one),
    );
  for (const [threads, said] of /** @type {const} */ ([
    [1, '1 core'],
    [cores, `${cores} cores`],
  ]))
    for (const approximate of [false, true])
      rows.push(
        row(
          `implicit, ${said}${approximate ? ', conjugate gradients' : ''}`,
          interactions,
          implicitTimed(interactions, threads, sweeps, approximate),
        ),
      );
  return rows;
}

/** The published objective on the lists of the authors' protocol. @param {string} data */
async function publishedRows(data) {
  const path = `${data}/loo-ml-latest-small/train.txt`;
  if (!existsSync(path))
    return [
      ['softmax, the authors’ settings', 'skipped: no loo-ml-latest-small (--data FOLDER)', '', '', ''],
    ];
  const interactions = await readRatings(path, { format: 'list' });
  const als = await timed(interactions, { minSupport: 1 }),
    softmax = await timed(interactions, { objective: 'softmax', minSupport: 1 });
  return [
    row('als, its defaults', interactions, als),
    row('softmax, the authors’ settings, 20 epochs', interactions, softmax),
    ['the authors’ notebook, one model', `about ${notebookSeconds}`, '', '', 'the same lists'],
  ];
}

/**
 * @param {string} data
 * @param {number} [items] of the made people
 * @returns {Promise<string>}
 */
export async function trainings(data, items = 20_000) {
  const interactions = madeInteractions(items),
    sweeps = 5;
  const rows = [
    ...(await alsRows(interactions, `als, ${sweeps} sweeps, D ${dim}`, sweeps)),
    ...(await publishedRows(data)),
  ].map((cells) => [...cells, '', '', ''].slice(0, 5));
  return ['### Training', '', markdownTable(['', 'seconds', 'people/s', 'against 1 core', 'on'], rows)].join(
    '\n',
  );
}
