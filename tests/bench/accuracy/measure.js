// Owns training and measuring over seeds: a model is trained once, whatever asks for it; figures of a person
// are averaged over seeds before people are drawn. Must not know a data set or print a table.
import { loadModel } from '../../../dist/ampcf.js';
import { evaluateModel, pairedBootstrap } from '../../../dist/evaluate.js';
import { trainModel } from '../../../dist/train.js';
import { stages } from '../../../web/cli/progress.js';
import { compareMetrics } from '../../../web/evaluate/bootstrap.js';
import { readDataSet } from './data.js';

/** @import { Evaluation, EvaluateOptions, Interval } from '../../../web/evaluate.js' */
/** @import { EvaluationProgress } from '../../../web/evaluate/pace.js' */
/** @import { TrainOptions, TrainProgress } from '../../../web/train.js' */
/** @import { DataSet, SetName, Split } from './data.js' */
/** @typedef {{ bytes: Uint8Array<ArrayBuffer>, seconds: number }} Trained */
/**
 * @typedef {{ metrics: Record<string, number>, standardErrors: Record<string, number>, perPerson:
 *   Record<string, Float64Array> }} Figures means over seeds; errors are over people
 */
/**
 * @typedef {Figures & { runs: Evaluation[], seconds: number, bytes: number, personas: { mean: number,
 *   effective: number, collapseRate: number } }} Measured bytes: of the first seed's file
 */

const mean = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0) / list.length;

/**
 * The same figures of the same people under several seeds.
 * @param {{ metrics: Record<string, number>, perPerson?: Record<string, Float64Array> }[]} runs
 * @returns {Figures}
 */
export function overSeeds(runs) {
  const metrics = Object.fromEntries(
    Object.keys(runs[0].metrics).map((key) => [key, mean(runs.map((run) => run.metrics[key]))]),
  );
  const perPerson = Object.fromEntries(
    Object.keys(runs[0].perPerson ?? {}).map((key) => [
      key,
      Float64Array.from(runs[0].perPerson?.[key] ?? [], (_, u) =>
        mean(runs.map((run) => run.perPerson?.[key][u] ?? NaN)),
      ),
    ]),
  );
  const standardErrors = Object.fromEntries(
    Object.entries(perPerson).map(([key, values]) => {
      const middle = metrics[key],
        squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
      return [key, values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : 0];
    }),
  );
  return { metrics, standardErrors, perPerson };
}

/**
 * Mean of a minus mean of b, 95 % over people.
 * @param {Pick<Figures, 'perPerson'>} a
 * @param {Pick<Figures, 'perPerson'>} b
 * @param {string} key
 */
export const difference = (a, b, key) => pairedBootstrap(a.perPerson[key], b.perPerson[key]);

/**
 * Mean of a over mean of b, 95 % over people.
 * @param {Float64Array} a
 * @param {Float64Array} b
 * @returns {Promise<Interval>}
 */
export async function ratio(a, b) {
  return (
    await compareMetrics(
      { it: a },
      { it: b },
      { resamples: 2000, seed: 1, ratio: true, pace: async () => {} },
    )
  ).it;
}

/**
 * Settings without neighbours: those that only neighbours have are refused then.
 * @param {TrainOptions} settings
 * @returns {TrainOptions}
 */
export const withoutNeighbours = (settings) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('neighbour')));

/**
 * @param {DataSet} data
 * @param {TrainOptions} settings
 * @param {number} seed
 * @param {boolean} facts
 * @returns {Promise<Trained>}
 */
async function trainNow(data, settings, seed, facts) {
  const line = stages(false);
  const stage = `${data.name}, seed ${seed}, ${describe(settings)}: training`;
  // Published protocols rank every item, those of one person too.
  const { bytes, seconds } = await trainModel(data.history, {
    minSupport: 1,
    ...settings,
    seed,
    ...(facts && data.items && { items: data.items }),
    onProgress: (/** @type {TrainProgress} */ { done, total, phase }) =>
      line.update(phase === 'neighbours' ? `${stage} neighbours` : stage, done, total),
  }).finally(line.finish);
  return { bytes, seconds };
}

/**
 * One model under one protocol.
 * @param {Trained} trained
 * @param {DataSet} data
 * @param {Partial<EvaluateOptions>} options
 * @param {string} name what the progress is shown under
 */
async function evaluateNow({ bytes }, data, options, name) {
  const model = await loadModel(bytes);
  const line = stages(false);
  const run = await evaluateModel(model, {
    history: data.history,
    test: data.test,
    ...options,
    perPerson: true,
    onProgress: (/** @type {EvaluationProgress} */ { stage, done, total }) =>
      line.update(`${name}: ${stage}`, done, total),
  }).finally(line.finish);
  model.dispose();
  return run;
}

/**
 * @param {Evaluation[]} runs
 * @param {Trained[]} models
 * @returns {Measured}
 */
function summary(runs, models) {
  const health = (/** @type {'mean' | 'effective' | 'collapseRate'} */ key) =>
    mean(runs.map(({ personas }) => personas[key] ?? 0));
  return {
    ...overSeeds(runs),
    runs,
    seconds: mean(models.map(({ seconds }) => seconds)),
    bytes: models[0].bytes.length,
    personas: { mean: health('mean'), effective: health('effective'), collapseRate: health('collapseRate') },
  };
}

/**
 * What all parts share.
 * @param {{ folder: string, on: Split, seeds: number[], slow: boolean, choose: boolean }} options
 */
export function createBench({ folder, on, seeds, slow, choose }) {
  /** @type {Map<string, Promise<Trained>>} */
  const trained = new Map();
  /** @type {Map<SetName, Promise<DataSet | null>>} */
  const sets = new Map();

  /**
   * @param {DataSet} data
   * @param {TrainOptions} settings
   * @param {number} seed
   * @param {boolean} facts titles and aspects in the file
   */
  function train(data, settings, seed, facts) {
    const key = JSON.stringify([data.name, settings, seed, facts]);
    const found = trained.get(key) ?? trainNow(data, settings, seed, facts);
    trained.set(key, found);
    return found;
  }

  /**
   * Every seed's model under one protocol; baselines with the first seed, because they have none.
   * @param {DataSet} data
   * @param {TrainOptions} settings
   * @param {Partial<EvaluateOptions>} options
   * @param {{ facts?: boolean, someSeeds?: number[] }} [which]
   */
  async function measure(data, settings, options, { facts = true, someSeeds = seeds } = {}) {
    const runs = [];
    const models = [];
    for (const seed of someSeeds) {
      const made = await train(data, settings, seed, facts);
      const baselines = runs.length === 0 ? (options.baselines ?? []) : [];
      const name = `${data.name}, seed ${seed}, ${describe(settings)}`;
      runs.push(await evaluateNow(made, data, { ...options, baselines }, name));
      models.push(made);
    }
    return summary(runs, models);
  }

  return {
    on,
    seeds,
    slow,
    choose,
    measure,
    /**
     * Null where its files are not here.
     * @param {SetName} name
     */
    async dataSet(name) {
      const found = sets.get(name) ?? readDataSet(folder, name, on);
      sets.set(name, found);
      return found;
    },
  };
}

/** @typedef {ReturnType<typeof createBench>} Bench */

/**
 * The settings that tell one run from the next.
 * @param {TrainOptions} settings
 */
function describe({ objective, personas, dim, vectors, neighbours }) {
  return [
    objective,
    `P=${personas ?? 'default'}`,
    `D=${dim ?? 'default'}`,
    vectors,
    neighbours && `${neighbours} neighbours`,
  ]
    .filter(Boolean)
    .join(' ');
}
