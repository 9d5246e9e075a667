// Owns the two lists of the demo page: what is ranked, who speaks for each film, and how it is shown. Must
// not say why a film is there.
import { app, colour, topK } from './app.js';
import { $, button, make, number, percent, spoken } from './elements.js';
import { explanationOf } from './explanation.js';
import { pause } from './pause.js';
import { renderPersonas } from './personas.js';

/** @import { ListName, Persona, RankedItem, Seen, Voice } from './app.js' */

const listedContributions = 4;
/** Words for how much is known of a film, where no probability is. */
const templates = {
  uncalibrated: '',
  known: 'Much of what I liked speaks of this',
  some: 'Some of what I liked speaks of this',
  open: 'Little of what I liked speaks of this',
  nothing: 'Nothing is known of what I like yet',
};
export const listNames = /** @type {const} */ (['personas', 'one']);
const elementOf = { personas: 'ranking', one: 'ranking-one' };
/**
 * The film whose explanation is open in each list; undefined: the first one.
 * @type {Record<ListName, string | null | undefined>}
 */
const opened = { personas: undefined, one: undefined };

/** The first film of each list is open again. */
export function closeAll() {
  opened.personas = undefined;
  opened.one = undefined;
}

/** How much is known of each film, once the first lists are there. */
const known = () => (app.isSettled ? { confidence: { templates } } : {});

/** Lists in proportion of personas, and by score of one vector, as most libraries give them. */
function bothLists() {
  const options = { topK, explain: true, contributions: listedContributions, ...known() };
  const tuned = { ...options, ...app.tuning.options };
  return {
    personas: app.visit.following
      ? app.visit.recommend(tuned)
      : (app.household.one ?? app.person.personas).recommend(tuned),
    one: app.person.one.recommend({ ...options, proportional: 0 }),
  };
}

/**
 * Who speaks for the films of a list. One vector has no personas: its films are coloured by those who would
 * have spoken for them.
 * @param {Persona[]} personas
 * @param {RankedItem[]} others films of the lists
 * @returns {Seen['voices']}
 */
function voicesOf(personas, others) {
  const all = app.person.personas.rank(new Set(others.map(({ item }) => item))).items;
  const voices = new Map(all.map(({ item, persona }) => [item, persona?.index]));
  const { following } = app.visit;
  return (name) => (item) =>
    name === 'personas' && following ? (item.persona ?? undefined) : personas[voices.get(item.item) ?? -1];
}

/**
 * The persona that a film of the history belongs to most.
 * @param {Persona[]} personas
 */
function ownersOf(personas) {
  /** @type {Map<string, number>} */ const owner = new Map(),
    claims = new Map();
  for (const { index, items } of personas)
    for (const { item, responsibility } of items)
      if (responsibility > (claims.get(item) ?? 0))
        (claims.set(item, responsibility), owner.set(item, index));
  return owner;
}

/**
 * All that is worked out for one picture.
 * @returns {Seen}
 */
export function look() {
  const lists = /** @type {any} */ (bothLists());
  const personas = app.person.history.length > 0 ? app.person.personas.personas() : [];
  const films = [...lists.personas.items, ...lists.one.items];
  return { lists, personas, owner: ownersOf(personas), voices: voicesOf(personas, films) };
}

/**
 * How many films of a list each persona speaks for, as a bar.
 * @param {any} bar
 * @param {Voice[]} personas
 * @param {(number | undefined)[]} voices
 */
function renderMix(bar, personas, voices) {
  const counts = personas.map(({ index, label }) => ({
    index,
    label,
    films: voices.filter((voice) => voice === index).length,
  }));
  bar.replaceChildren(
    ...counts
      .filter(({ films }) => films > 0)
      .map(({ index, films }) => {
        const part = make('i', { className: colour(index) });
        part.style.flexGrow = String(films);
        return part;
      }),
  );
  bar.ariaLabel = counts.map(({ label, films }) => `${films} of ${label}`).join(', ') || 'no personas';
}

/**
 * What both lists are made of, and how far from the taste they are.
 * @param {Seen} seen
 */
export function renderModes({ lists, personas, voices }) {
  for (const name of listNames) {
    const { items } = lists[name];
    const speaking = items.map(voices(name));
    const fresh = speaking.find((voice) => voice && voice.index >= personas.length);
    renderMix(
      $(`mix-${name}`),
      fresh ? [...personas, fresh] : personas,
      speaking.map((voice) => voice?.index),
    );
    const ids = items.map(({ item }) => item);
    const distance = app.model.info.aspects > 0 ? app.person[name].tasteDistance(ids) : null;
    $(`distance-${name}`).value = String(distance ?? '');
    $(`distance-${name}`).textContent = distance?.toFixed(2) ?? '–';
  }
}

/**
 * How much of a film this history leaves open: a quiet band, and words. The model of the demo has no
 * calibration, so nothing is said of how likely a film is to be liked.
 * @param {RankedItem} item
 */
function openBand({ uncertainty, words = '' }) {
  if (uncertainty === undefined) return [make('i', { className: 'open' })]; // its place, until it is known
  const band = make('i', { className: 'open', title: `${words}: ${percent(uncertainty)} is open` });
  band.style.setProperty('--to', `${100 * uncertainty}%`);
  return [band, spoken(`, ${words}: ${percent(uncertainty)} is open`)];
}

/**
 * What is known of the films of the first lists, bit by bit; who is here comes after. From now on lists bring
 * it.
 */
export async function knowMore() {
  app.isSettled = true;
  const { seen } = app;
  for (const name of listNames) {
    await pause();
    if (app.seen !== seen) return; // ranked again meanwhile, with all of it
    const ids = seen.lists[name].items.map(({ item }) => item);
    const told = new Map(app.person[name].rank(ids, known()).items.map((item) => [item.item, item]));
    for (const row of $(elementOf[name]).children) {
      const item = told.get(row.dataset.item);
      if (item) row.querySelector('.open').replaceWith(...openBand(item));
    }
  }
  await pause();
  app.household.render();
  explainRest();
}

/** @param {string} item */
function dislike(item) {
  app.visit.forget(item);
  closeAll();
  app.person.add({ item, preference: -1 });
  $('undo').focus();
}

/**
 * A film was looked at. Where the list follows, it stays where it is, under the pointer.
 * @param {string} item
 * @param {any} row
 */
function lookAt(item, row) {
  app.visit.look(item);
  if (app.visit.following) {
    opened.personas = item;
    app.render(row);
    row.querySelector('summary').focus();
  } else renderPersonas(app.seen.personas);
}

/**
 * @param {RankedItem} item
 * @param {number} best score of the list
 * @param {Voice | undefined} voice
 */
function summaryOf(item, best, voice) {
  const score = /** @type {number} */ (item.score),
    bar = make('i', { className: 'bar' });
  bar.style.setProperty('--to', `${100 * Math.max(0, score / best)}%`);
  return make(
    'summary',
    {},
    make(
      'span',
      { className: 'title' },
      item.title,
      make('small', {}, app.model.aspects(item.item).join(', ')),
    ),
    make('span', { className: 'voice' }, voice?.label ?? 'popular', item.seat ? ' · by share' : ''),
    make('span', { className: 'score' }, number(score, score.toFixed(3)), bar, ...openBand(item)),
  );
}

/**
 * Why a film is listed is made when it is opened, or later than the list.
 * @type {WeakMap<Element, () => void>}
 */
const unsaid = new WeakMap();

/** @param {any} row whose explanation is wanted now */
function explainRow(row) {
  unsaid.get(row)?.();
  unsaid.delete(row);
}

/** Rows that can be seen come first; what is folded in them is made bit by bit. */
export async function explainRest() {
  for (const row of document.querySelectorAll('.ranking > li')) {
    if (!unsaid.has(row)) continue;
    await pause();
    if (row.isConnected) explainRow(row);
  }
}

/**
 * @param {RankedItem} item
 * @param {number} best
 * @param {Voice | undefined} voice
 * @param {ListName} list
 */
function rankedFilm(item, best, voice, list) {
  const summary = summaryOf(item, best, voice);
  const details = make('details', { open: opened[list] === item.item }, summary);
  const row = make('li', { className: colour(voice?.index) }, details);
  row.dataset.item = item.item;
  unsaid.set(row, () => {
    const notForMe = button('Not for me', () => dislike(item.item), {
      ariaLabel: `${item.title} is not for me`,
    });
    details.append(...explanationOf(item, voice, list, notForMe));
  });
  if (details.open) explainRow(row);
  details.addEventListener('toggle', () => {
    if (details.open) (explainRow(row), (opened[list] = item.item));
    else if (opened[list] === item.item) opened[list] = null;
  });
  // Opened by a person; the first film of a list is open by itself, and was not looked at.
  summary.addEventListener('click', () => {
    explainRow(row);
    if (list === 'personas' && !details.open) lookAt(item.item, row);
  });
  return row;
}

/**
 * @param {ListName} name
 * @param {Seen} seen
 * @param {any} [kept] a row that stays where it is
 */
export function renderRanking(name, { lists, voices }, kept) {
  const { items } = lists[name];
  const list = $(elementOf[name]);
  const best = Math.max(...items.map(({ score }) => Number(score))) || 1;
  if (opened[name] === undefined) opened[name] = items[0]?.item;
  const place = kept ? [...list.children].indexOf(kept) : -1;
  const voiceOf = voices(name);
  const rows = items.map((item) => rankedFilm(item, best, voiceOf(item), name));
  if (place >= 0) rows.splice(place, 0, kept);
  list.replaceChildren(...rows.slice(0, topK));
}
