// Owns the choice of the gate on validation people: which pairs of gate and leaves are tried, on whom, which
// one is taken and how much of it. Must not load models or rank.
import { meanAndError } from './measure.js';

/** @typedef {{ gate: number, leaves: number }} GatePair */
/**
 * @typedef {GatePair & { people: number, gain: number, standardError: number }} GateTrial gain: mean of
 *   NDCG@20 with the gate less that of the single vector, person by person
 */
/**
 * @typedef {object} GateChoice
 * @property {number} gate to be used, 0 = none
 * @property {number} leaves
 * @property {number} tried the best gate as it was measured, before it was shrunk
 * @property {number} ndcg mean NDCG@20 of the single vector
 * @property {number} gain of what was measured best, as a part of it
 * @property {number} standardError of the gain, as a part of it
 * @property {number} people measured
 * @property {GateTrial[]} trials in the order in which they were measured, the last figures of each
 */
/**
 * @template P
 * @typedef {object} GateQuestion
 * @property {readonly P[]} people
 * @property {{ gate?: number | undefined, leaves?: number | undefined }} fixed what the caller gave, which is
 *   not changed
 * @property {number} leaves where none are chosen
 * @property {(pair: GatePair, people: readonly P[]) => Promise<Float64Array>} measure NDCG@20 of each
 */

const gates = [0.25, 0.5, 1, 1.5, 2];
/** Most leaves that are tried: for nearly everybody each event is one. */
const leafCounts = [1, 4, 8, 256];
/** Gates are compared at this many leaves. */
const usualLeaves = 8;
/** Where so many people can be asked, a quarter of them says what is worth asking everybody. */
const manyPeople = 400;
const finalists = 2;
/** Fewer leaves are taken where they cost no more than this part of NDCG@20: a device has less to compute. */
const cheaper = 0.005;

/** @param {{ gain: number, standardError: number }} trial */
const sure = ({ gain, standardError }) => gain - standardError;

/**
 * The part of a gate that the measured gain speaks for: b (1 - (se / g)^2).
 * @param {number} gate
 * @param {{ gain: number, standardError: number }} trial
 */
export function shrunkGate(gate, { gain, standardError }) {
  if (!(gain - standardError > 0)) return 0;
  return Math.round(100 * gate * (1 - (standardError / gain) ** 2)) / 100;
}

/**
 * The fewest leaves within half a percent of the surest.
 * @param {readonly GateTrial[]} trials
 * @param {number} ndcg of the single vector
 */
function frugal(trials, ndcg) {
  const best = Math.max(...trials.map(sure));
  return trials
    .filter((trial) => sure(trial) >= best - cheaper * ndcg)
    .reduce((least, trial) => (trial.leaves < least.leaves ? trial : least));
}

/**
 * Pairs measured against the single vector, each person once.
 * @template P
 * @param {GateQuestion<P>} question
 */
function comparison({ people, measure }) {
  const few = people.length < manyPeople ? people : people.filter((_, i) => i % 4 === 0);
  const rest = people.length < manyPeople ? [] : people.filter((_, i) => i % 4 !== 0);
  /** @type {Map<string, { pair: GatePair, parts: Float64Array[] }>} */
  const measured = new Map();
  const partsOf = async (/** @type {GatePair} */ pair, /** @type {boolean} */ everybody) => {
    const key = `${pair.gate} ${pair.gate > 0 ? pair.leaves : ''}`;
    const { parts } = measured.get(key) ?? { parts: [await measure(pair, few)] };
    if (everybody && parts.length === 1 && rest.length > 0) parts.push(await measure(pair, rest));
    measured.set(key, { pair, parts });
    return parts;
  };
  const none = { gate: 0, leaves: 1 };
  const trialOf = (/** @type {GatePair} */ pair, /** @type {Float64Array[]} */ parts) => {
    const plain = measured.get('0 ')?.parts ?? [];
    const gains = parts.flatMap((part, h) => Array.from(part, (value, u) => value - plain[h][u]));
    const { mean: gain, error } = meanAndError(Float64Array.from(gains));
    return { ...pair, people: gains.length, gain, standardError: gains.length > 1 ? error : Infinity };
  };
  return {
    /**
     * @param {GatePair} pair
     * @param {boolean} everybody or the quarter that says what is worth it
     * @returns {Promise<GateTrial>}
     */
    async trial({ gate, leaves }, everybody) {
      const pair = { gate, leaves };
      await partsOf(none, everybody);
      const parts = await partsOf(pair, everybody);
      return trialOf(pair, everybody ? parts : parts.slice(0, 1));
    },
    /** Mean NDCG@20 of the single vector. */
    plain() {
      const all = (measured.get('0 ')?.parts ?? []).flatMap((part) => [...part]);
      return all.reduce((sum, value) => sum + value, 0) / all.length;
    },
    trials: () =>
      [...measured.values()]
        .filter(({ pair }) => pair.gate > 0)
        .map(({ pair, parts }) => trialOf(pair, parts)),
  };
}

/**
 * The surest gate at one number of leaves: all by a quarter of the people, the best by everybody.
 * @param {ReturnType<typeof comparison>} compare
 * @param {readonly number[]} candidates
 * @param {number} leaves
 */
async function bestGate(compare, candidates, leaves) {
  const heats = [];
  for (const gate of candidates) heats.push(await compare.trial({ gate, leaves }, false));
  const last = [];
  for (const { gate } of heats.sort((a, b) => sure(b) - sure(a)).slice(0, finalists))
    last.push(await compare.trial({ gate, leaves }, true));
  return last.reduce((best, trial) => (sure(trial) > sure(best) ? trial : best));
}

/**
 * Other numbers of leaves at one gate, and the most of them at the next one too, since the more leaves there
 * are the sharper a gate can be: a quarter of the people says which is to be had for least, everybody whether
 * it is.
 * @param {ReturnType<typeof comparison>} compare
 * @param {GateTrial} found
 * @param {number | undefined} sharper the next gate
 */
async function bestLeaves(compare, found, sharper) {
  const { gate } = found;
  const others = leafCounts.filter((count) => count !== found.leaves).map((leaves) => ({ gate, leaves }));
  if (sharper !== undefined) others.push({ gate: sharper, leaves: Math.max(...leafCounts) });
  const heats = [await compare.trial(found, false)];
  for (const pair of others) heats.push(await compare.trial(pair, false));
  const rival = frugal(heats, compare.plain());
  return frugal([found, await compare.trial(rival, true)], compare.plain());
}

/**
 * Gate and leaves for people of the validation: the pair whose gain over the single vector is the surest
 * (gain less one standard error), shrunk by how sure it is.
 * @template P
 * @param {GateQuestion<P>} question
 * @returns {Promise<GateChoice | null>} null: the caller left nothing to choose
 */
export async function chooseGate(question) {
  const { fixed, people } = question;
  if (fixed.gate === 0 || (fixed.gate !== undefined && fixed.leaves !== undefined)) return null;
  const compare = comparison(question);
  const at = fixed.leaves ?? usualLeaves;
  let best =
    fixed.gate === undefined
      ? await bestGate(compare, gates, at)
      : await compare.trial({ gate: fixed.gate, leaves: at }, true);
  if (fixed.leaves === undefined && (fixed.gate !== undefined || sure(best) > 0))
    best = await bestLeaves(
      compare,
      best,
      fixed.gate === undefined ? gates.find((gate) => gate > best.gate) : undefined,
    );
  const ndcg = compare.plain();
  const part = (/** @type {number} */ value) => (ndcg > 0 && Number.isFinite(value) ? value / ndcg : 0);
  const gate = fixed.gate ?? shrunkGate(best.gate, best);
  return {
    gate,
    leaves: gate > 0 ? best.leaves : (fixed.leaves ?? question.leaves),
    tried: best.gate,
    ndcg,
    gain: part(best.gain),
    standardError: part(best.standardError),
    people: people.length,
    trials: compare.trials(),
  };
}
