// Owns why a film is on a list of the demo page: in a sentence, and as a sum that adds up. Must not rank.
import { explainInWords } from '../../dist/sentences.js';
import { app, colour } from './app.js';
import { make, number } from './elements.js';

/** @import { ListName, RankedItem, Voice } from './app.js' */

/**
 * Four decimals, or the power of ten where those would all be 0: a sum must not hide a term.
 * @param {number} x
 */
const exact = (x) => (x !== 0 && Math.abs(x) < 5e-5 ? x.toExponential(0) : x.toFixed(4)).replaceAll('-', '−');

/**
 * What a film of an explanation is to me.
 * @param {string} item
 */
function relation(item) {
  const event = app.person.history.find((known) => known.item === item);
  if (!event) return 'because I looked at ';
  return event.preference > 0 ? 'because I liked ' : 'although I disliked ';
}

/**
 * The explanation as one sentence, its parts as elements: never as markup.
 * @param {RankedItem} item
 * @param {Voice | undefined} voice
 */
function sentence(item, voice) {
  const looked = app.visit.following ? app.visit.events : [];
  const { parts } = explainInWords(item, { history: [...app.person.history, ...looked], aspects: 2 });
  return make(
    'p',
    { className: 'why' },
    ...parts.map((part) =>
      part.type === 'persona'
        ? make('b', { className: colour(voice?.index) }, part.text)
        : part.type === 'item'
          ? make('em', {}, part.text, looked.some((event) => event.item === part.item) ? ' (looked at)' : '')
          : part.text,
    ),
  );
}

/** @type {[place: HTMLElement, item: RankedItem, voice: Voice | undefined][]} */ let waiting = [];
/** @type {((...reasons: typeof waiting[number]) => void) | undefined} */ let fill;

/**
 * The place for more ways to say why: paths, reviews. It has its height before it is filled, so that nothing
 * moves.
 * @param {RankedItem} item with its explanation
 * @param {Voice | undefined} voice
 * @returns {Node[]}
 */
function moreReasons(item, voice) {
  if (!app.model.info.metadata.graph) return [];
  const place = make('div', { className: 'more' });
  if (fill) fill(place, item, voice);
  else waiting.push([place, item, voice]);
  return [place];
}

/** What fills those places, from now on and in those that wait. @param {NonNullable<typeof fill>} how */
export function fillWith(how) {
  fill = how;
  for (const reasons of waiting) if (reasons[0].isConnected) fill(...reasons);
  waiting = [];
}

/**
 * How many events a list goes by.
 * @param {ListName} list
 */
function eventsBehind(list) {
  const all = app.person.history.length;
  if (list === 'one') return all;
  return (app.household.one?.size ?? all) + (app.visit.following ? app.visit.events.length : 0);
}

/**
 * The terms of a score, in words.
 * @param {RankedItem} item
 * @param {ListName} list
 */
function termsOf({ explanation }, list) {
  const { contributions, rest, bias, residual } = /** @type {NonNullable<RankedItem['explanation']>} */ (
    explanation
  );
  const others = eventsBehind(list) - contributions.length;
  const named = contributions.map((term) => ({
    name: [make('span', {}, relation(term.item)), term.title],
    value: term.contribution,
    className: colour(app.seen.owner.get(term.item)),
  }));
  const all = others === 1 ? 'film' : `${others} films`;
  const unnamed = others > 0 ? [{ name: [`the other ${all} I know`], value: rest, className: '' }] : [];
  return [
    ...named,
    ...unnamed,
    { name: ['popularity'], value: bias, className: '' },
    { name: ['rounding'], value: residual, className: '' },
  ];
}

/**
 * @param {(string | Node)[]} name
 * @param {number} value
 * @param {string} className
 * @param {{ start: number, width: number }} place in hundredths of the picture
 */
function tableRow(name, value, className, { start, width }) {
  const bar = make('i', { className: 'step' });
  bar.style.setProperty('--from', `${start}%`);
  bar.style.setProperty('--to', `${width}%`);
  return make(
    'tr',
    { className },
    make('th', { scope: 'row' }, ...name),
    make('td', {}, bar),
    make('td', {}, number(value, exact(value))),
  );
}

/**
 * The terms of one score, as steps from 0 to the score.
 * @param {RankedItem} item
 * @param {ListName} list
 */
export function explanationTable(item, list) {
  const score = /** @type {number} */ (item.score);
  let sum = 0;
  const steps = termsOf(item, list).map((term) => ({ ...term, from: sum, to: (sum += term.value) }));
  const low = Math.min(0, ...steps.map(({ to }) => to)),
    high = Math.max(score, ...steps.map(({ to }) => to), low + 1e-9);
  const place = (/** @type {number} */ from, /** @type {number} */ to) => ({
    start: (100 * (Math.min(from, to) - low)) / (high - low),
    width: (100 * Math.abs(to - from)) / (high - low),
  });
  return make(
    'table',
    {},
    make('caption', {}, `How the score of ${item.title} adds up`),
    make(
      'tbody',
      {},
      ...steps.map(({ name, value, from, to, className }) =>
        tableRow(name, value, className, place(from, to)),
      ),
    ),
    make('tfoot', {}, tableRow(['= score'], score, '', place(0, score))),
  );
}

/**
 * Why a film is listed: what stands below it where it is opened.
 * @param {RankedItem} item
 * @param {Voice | undefined} voice
 * @param {ListName} list
 * @param {Node} action beside the sentence
 */
export const explanationOf = (item, voice, list, action) => [
  make('div', { className: 'said' }, sentence(item, voice), action),
  ...moreReasons(item, voice),
  explanationTable(item, list),
];
