// Owns what one person says of probabilities: items that may be liked, by all of the history and by half of
// it. Must not fit a map or write one.
import { itemId, listArgument } from '../core/arguments.js';
import { recommendItems, scoresOf } from '../core/kernel.js';
import { sampleOf } from '../core/random.js';
import { logitOf } from '../confidence/calibration.js';
import { eventsOf, posteriorOf, uncertaintyIn } from '../confidence/posterior.js';
import { fitMap } from './calibration-fit.js';

/** @import { Calibration } from '../confidence/calibration.js' */
/** @import { Model } from '../model/model.js' */
/** @import { HistoryEvent } from '../model/types.js' */
/** @import { FittedMap, Move, Row } from './calibration-fit.js' */
/**
 * @typedef {object} CalibrationPerson
 * @property {Iterable<HistoryEvent | string | number>} history what is known of the person
 * @property {Iterable<string | number>} liked what the person liked that is in no history and no training
 * @property {Iterable<string | number>} [shown] what the person was shown or rated, `liked` among it;
 *   default: the catalogue. All people or nobody
 */
/**
 * @typedef {Row & { index: number, first: boolean }} Asked first: among the first 20 by score
 * @typedef {{ rows: Asked[], half: (Row & { uncertainty: number })[], open: number[] }} Person half: by a
 *   random half of the history, in the order of `rows`; empty where that was not asked
 */

/** The best of the catalogue are all asked about, of the rest so many. */
const best = 100;
const others = 150;
const listed = 20;
/**
 * @param {Model} model
 * @param {ArrayLike<number>} scores
 * @param {{ core: import('../core/kernel.js').FoldedProfile, seen: ReadonlySet<number>, liked:
 *   ReadonlySet<number>, random: () => number }} person
 */
function catalogueRows(model, scores, { core, seen, liked, random }) {
  const { items } = model.info;
  const excluded = new Uint8Array(items);
  for (const index of seen) excluded[index] = 1;
  const head = [...recommendItems(core, excluded, Math.min(best, items)).items];
  for (const index of head) excluded[index] = 1;
  const rows = head.map((index, place) => ({ index, weight: 1, first: place < listed }));
  for (const index of liked)
    if (!excluded[index]) {
      excluded[index] = 1;
      rows.push({ index, weight: 1, first: false });
    }
  const rest = Array.from(scores, (_, index) => index).filter((index) => !excluded[index]);
  const drawn = sampleOf(rest, Math.min(others, rest.length), random);
  for (const index of drawn) rows.push({ index, weight: rest.length / drawn.length, first: false });
  return rows;
}

/**
 * Indices of items that the model knows, new to the history.
 * @param {Model} model
 * @param {Iterable<string | number>} ids
 * @param {string} name
 * @param {ReadonlySet<number>} seen
 */
function freshIndices(model, ids, name, seen) {
  const found = listArgument(name, ids).map((id) => model.indexOf(itemId(id)));
  return new Set(found.filter((index) => index !== undefined && !seen.has(index)));
}

/**
 * What one person says.
 * @param {Model} model
 * @param {CalibrationPerson} person
 * @param {() => number} random
 * @param {boolean} moves is half of the history asked too?
 * @returns {Person}
 */
export function askPerson(model, { history, liked: likes, shown }, random, moves) {
  const events = listArgument('history', history);
  const profile = model.createProfile(events);
  const { core, indices } = profile.state.now();
  const seen = new Set(indices);
  const liked = /** @type {Set<number>} */ (freshIndices(model, likes, 'liked', seen));
  const scores = scoresOf(core);
  const asked = shown
    ? [...new Set([...freshIndices(model, shown, 'shown', seen), ...liked])].map((index) => ({
        index: Number(index),
        weight: 1,
        first: false,
      }))
    : catalogueRows(model, scores, { core, seen, liked, random });
  const of = eventsOf(profile);
  const rows = asked.map((row) => ({
    ...row,
    history: of,
    score: scores[row.index],
    liked: liked.has(row.index),
  }));
  const head = rows.filter((row) => shown || row.first).slice(0, listed);
  const open = moves ? uncertaintyIn(model, posteriorOf(profile)) : undefined;
  const found = {
    rows,
    half: moves ? halfRows(model, events, rows, random) : [],
    open: open ? head.map((row) => open(row.index)) : [],
  };
  profile.dispose();
  return found;
}

/**
 * The same items by half of the history.
 * @param {Model} model
 * @param {readonly (HistoryEvent | string | number)[]} events
 * @param {readonly Asked[]} rows
 * @param {() => number} random
 */
function halfRows(model, events, rows, random) {
  if (events.length < 2) return [];
  const drawn = new Set(sampleOf([...events.keys()], Math.ceil(events.length / 2), random));
  const profile = model.createProfile(events.filter((_, i) => drawn.has(i)));
  const { core, indices } = profile.state.now();
  const scores = scoresOf(core);
  const history = eventsOf(profile);
  const open = uncertaintyIn(model, posteriorOf(profile));
  const found =
    indices.length === 0
      ? []
      : rows.map((row) => ({ ...row, history, score: scores[row.index], uncertainty: open(row.index) }));
  profile.dispose();
  return found;
}

/**
 * The map of halves of histories, or undefined where no half has a like to find.
 * @param {readonly Person[]} asked
 */
export function halvesMap(asked) {
  const rows = asked.flatMap(({ half }) => half);
  return rows.some(({ liked }) => liked) ? fitMap(rows) : undefined;
}

/**
 * How far logits move from half of a history to all of it, the map of halves being fitted to halves: what is
 * known changes, what is asked does not.
 * @param {readonly Person[]} asked
 * @param {FittedMap} map
 * @param {FittedMap | undefined} ofHalves
 * @returns {Move[]}
 */
export function movesOf(asked, map, ofHalves) {
  if (!ofHalves) return [];
  const before = /** @type {Calibration} */ (ofHalves);
  const after = /** @type {Calibration} */ (map);
  return asked.flatMap(({ rows, half }) =>
    half.map((row, i) => ({
      likes: row.history.likes,
      uncertainty: row.uncertainty,
      by: logitOf(after, rows[i].history, rows[i].score) - logitOf(before, row.history, row.score),
    })),
  );
}

/**
 * The same, each person by the maps of the other half of the people: what a map owes to its people is no
 * knowledge.
 * @param {readonly Person[]} asked
 * @returns {Move[]}
 */
export function crossMoves(asked) {
  const heard = asked.filter(({ half }) => half.length > 0);
  return [0, 1].flatMap((part) => {
    const others = heard.filter((_, i) => i % 2 !== part);
    const rows = others.flatMap((person) => person.rows);
    if (!rows.some(({ liked }) => liked)) return [];
    return movesOf(
      heard.filter((_, i) => i % 2 === part),
      fitMap(rows),
      halvesMap(others),
    );
  });
}
