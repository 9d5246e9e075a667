// Owns the simulated people of conversational recommendation on LastFM*: what they answer, which candidates a
// rule leaves, how a conversation is scored. Must not choose questions.

/**
 * @typedef {object} AskSet
 * @property {Map<string, Set<string>>} has aspects of each item
 * @property {Map<string, Set<string>>} groups coarse groups of each aspect
 * @property {Map<string, string[]>} having items of each aspect
 * @property {Map<string, string[]>} train items of each person
 * @property {Map<string, number>} popularity of each item
 */
/** @typedef {{ user: string, targets: string[] }} Pair */
/** @typedef {'keeps' | 'removes' | 'two'} Rule what a no does to the candidates of the simulator */
/** @typedef {{ ask: string[], recommend?: undefined } | { recommend: string[], ask?: undefined }} Move */
/**
 * @typedef {object} Scene what an agent may see
 * @property {string} user
 * @property {string} said the aspect that the person named
 * @property {Set<string>} candidates of the simulator
 * @property {Set<string>} asked
 * @property {number} turn from 0
 */
/**
 * @typedef {object} Agent
 * @property {(scene: Scene) => Move} move
 * @property {(accepted: string[], refused: string[]) => void} [heard]
 * @property {(items: string[]) => void} [missed] a list without the target
 */
/** @typedef {{ sr5: number, sr10: number, sr15: number, turns: number, hdcg: number }} Outcome */

export const agentTurns = 14;
const places = 10;

/**
 * @param {number} turn of the list with the target, from 0; -1: none
 * @param {number} place in it, from 1
 * @returns {Outcome}
 */
export function outcomeOf(turn, place) {
  const hit = turn >= 0;
  const late = 1 / Math.log2(turn + 3);
  const hdcg = hit ? late + (1 / Math.log2(turn + 2) - late) / Math.log2(place + 1) : 0;
  const before = (/** @type {number} */ n) => Number(hit && turn < n);
  return {
    sr5: before(5),
    sr10: before(10),
    sr15: Number(hit),
    turns: hit ? turn + 1 : agentTurns + 1,
    hdcg,
  };
}

/**
 * The candidates after an answer.
 * @param {AskSet} set
 * @param {Rule} rule
 * @param {Set<string>} candidates
 * @param {string[]} accepted
 * @param {string[]} refused
 */
function candidatesAfter({ has }, rule, candidates, accepted, refused) {
  const hasOne = (/** @type {string} */ item, /** @type {string[]} */ of) =>
    of.some((a) => has.get(item)?.has(a));
  const left = [...candidates].filter((item) => {
    if (accepted.length > 0 && !hasOne(item, accepted)) return false;
    return rule === 'keeps' || !hasOne(item, refused);
  });
  return left.length > 0 ? new Set(left) : candidates;
}

/**
 * One conversation. The person opens with an aspect that all targets have, drawn uniformly.
 * @param {AskSet} set
 * @param {Rule} rule
 * @param {Pair} pair
 * @param {() => number} random
 * @param {(user: string, said: string) => Agent} begin
 * @returns {Outcome}
 */
export function play(set, rule, { user, targets }, random, begin) {
  const of = targets.map((target) => set.has.get(target) ?? new Set());
  const common = [...of[0]].filter((aspect) => of.every((own) => own.has(aspect)));
  const said = common[Math.floor(random() * common.length)];
  let candidates = new Set(set.having.get(said));
  const asked = new Set([said]);
  const agent = begin(user, said);
  for (let turn = 0; turn < agentTurns; turn++) {
    const { ask, recommend } = agent.move({ user, said, candidates, asked, turn });
    if (recommend) {
      const place = recommend.slice(0, places).findIndex((item) => targets.includes(item));
      if (place >= 0) return outcomeOf(turn, place + 1);
      if (candidates.size > places) for (const item of recommend) candidates.delete(item);
      agent.missed?.(recommend);
    } else {
      const accepted = ask.filter((aspect) => of.some((own) => own.has(aspect)));
      const refused = ask.filter((aspect) => !accepted.includes(aspect));
      for (const aspect of ask) asked.add(aspect);
      candidates = candidatesAfter(set, rule, candidates, accepted, refused);
      agent.heard?.(accepted, refused);
    }
  }
  return outcomeOf(-1, 0);
}

/**
 * The aspect that comes nearest to halving the candidates, and others of its group.
 * @param {AskSet} set
 * @param {Set<string>} candidates
 * @param {Set<string>} asked
 * @param {number} most
 */
function halving({ has, groups }, candidates, asked, most) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const item of candidates) for (const a of has.get(item) ?? []) counts.set(a, (counts.get(a) ?? 0) + 1);
  /** @type {string[]} */
  const chosen = [];
  while (chosen.length < most) {
    const [group] = chosen.map((a) => groups.get(a));
    let best;
    let least = Infinity;
    for (const [aspect, n] of counts) {
      const far = Math.abs(n - candidates.size / 2);
      if (far >= least || asked.has(aspect) || chosen.includes(aspect)) continue;
      if (group && ![...(groups.get(aspect) ?? [])].some((name) => group.has(name))) continue;
      [best, least] = [aspect, far];
    }
    if (best === undefined) break;
    chosen.push(best);
  }
  return chosen;
}

/**
 * The agents of the data set's README: popularity ranks, and questions are those that halve the candidates.
 * @param {AskSet} set
 * @param {number} every a list in every so many turns; 0: when ten candidates are left
 * @param {number} most aspects in one question, of one group
 * @returns {() => Agent}
 */
export function plainAgent(set, every, most) {
  const popular = (/** @type {string} */ item) => set.popularity.get(item) ?? 0;
  return () => ({
    move({ candidates, asked, turn }) {
      const lists = every === 1 || candidates.size <= places || (every > 1 && turn % every === every - 1);
      const ask = lists ? [] : halving(set, candidates, asked, most);
      if (ask.length > 0) return { ask };
      return { recommend: [...candidates].sort((a, b) => popular(b) - popular(a)).slice(0, places) };
    },
  });
}
