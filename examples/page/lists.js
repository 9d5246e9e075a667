// Owns the two lists of the demo page: what is ranked, who speaks for each film, and how it is shown. Must
// not say why a film is there.
import { app, colour, topK } from './app.js';
import { $, make, remake, write } from './elements.js';
import { renderPersonas } from './personas.js';
import { Row, closeAll, opened } from './rows.js';

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
/** The rows of each list, by film. @type {Record<ListName, Map<string, Row>>} */
const shown = { personas: new Map(), one: new Map() };

/** Who each list is for: this visit where it follows, one of several people, or the person. */
const rankers = () => ({
  personas: app.visit.following ? app.visit.session : (app.household.one ?? app.person.personas),
  one: app.person.one,
});

/** Lists in proportion of personas, and by score of one vector, as most libraries give them. */
function bothLists() {
  const options = { topK, explain: true, contributions: listedContributions };
  const { personas, one } = rankers();
  return {
    personas: personas.recommend({ ...options, ...app.tuning.options }),
    one: one.recommend({ ...options, proportional: 0 }),
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
  remake(bar, counts, () =>
    counts
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
    write($(`distance-${name}`), distance?.toFixed(2) ?? '–');
  }
}

/** What a row does when somebody presses it. @type {import('./rows.js').Acts} */
const acts = {
  dislike(item) {
    app.visit.forget(item);
    closeAll();
    app.person.add({ item, preference: -1 });
    $('undo').focus();
  },
  /** A film was looked at. Where the list follows, it stays where it is, under the pointer. */
  look(item, row) {
    app.visit.look(item);
    if (app.visit.following) {
      opened.personas = item;
      app.render(row);
      /** @type {HTMLElement} */ (row.querySelector('summary')).focus();
    } else renderPersonas(app.seen.personas);
  },
};

/**
 * Puts elements into a list; those that are in their places stay untouched.
 * @param {HTMLElement} list
 * @param {HTMLElement[]} elements
 */
function inOrder(list, elements) {
  const wanted = new Set(/** @type {Element[]} */ (elements));
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  for (const [i, element] of elements.entries())
    if (list.children[i] !== element) list.insertBefore(element, list.children[i] ?? null);
}

/**
 * @param {ListName} name
 * @param {Seen} seen
 * @param {any} [kept] a row that stays where it is
 */
export function renderRanking(name, { lists, personas, owner, voices }, kept) {
  const { items } = lists[name];
  const list = $(elementOf[name]);
  const best = Math.max(...items.map(({ score }) => Number(score))) || 1;
  if (opened[name] === undefined) opened[name] = items[0]?.item;
  const place = kept ? [...list.children].indexOf(kept) : -1;
  const voiceOf = voices(name);
  const whose = JSON.stringify([
    app.person.history.map(({ item, preference }) => [item, preference, owner.get(item)]),
    personas.map(({ label, share }) => [label, share]),
    app.visit.following && app.visit.looked,
    app.household.one?.size,
  ]);
  const rows = items.map((item) => {
    const row = shown[name].get(item.item) ?? new Row(item, name, acts);
    row.show(item, best, voiceOf(item), whose);
    return row;
  });
  shown[name] = new Map(rows.map((row) => [row.item, row]));
  const elements = rows.map(({ element }) => element).filter((element) => element !== kept);
  if (place >= 0) elements.splice(place, 0, kept);
  inOrder(list, elements.slice(0, topK));
}

/**
 * What follows the lists, part by part: what is known of each film, and why films are listed that are not
 * open.
 * @returns {(() => void)[]}
 */
export const restOfLists = () => [
  ...listNames.map((name) => () => {
    const told = rankers()[name].rank([...shown[name].keys()], { confidence: { templates } }).items;
    for (const item of told) shown[name].get(item.item)?.know(item);
  }),
  ...listNames.flatMap((name) =>
    [...shown[name].values()].filter((row) => row.isUnsaid).map((row) => () => row.explain()),
  ),
];
