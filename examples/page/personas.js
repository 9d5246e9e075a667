// Owns how the demo page shows the history and the personas that are found in it. Must not rank.
import { app, colour } from './app.js';
import { $, make, number, percent, remake, write } from './elements.js';
import { markOf } from './ground.js';
import { presets } from './presets.js';

/** @import { Persona, Seen } from './app.js' */

/** How many films of a long history are shown before the rest is folded away. */
const shown = 30;
/** How many films of a persona are named. */
const named = 3;
const nobodyYet = 'Nobody yet: the list is what most people liked. Add a film, or answer.';
let isWhole = false;

/** @param {string} item */
function remove(item) {
  const at = app.person.ids.indexOf(item);
  app.person.remove(item);
  // The button that was pressed is gone: the keyboard goes on from its neighbour.
  const buttons = document.querySelectorAll('#chips li > button');
  /** @type {HTMLElement} */ (buttons[Math.min(at, buttons.length - 1)] ?? $('film')).focus();
}

/** @param {{ item: string, isLiked: boolean, className: string }} film of the history */
function chip({ item, isLiked, className }) {
  const title = app.model.has(item) ? app.model.title(item) : item;
  return make(
    'li',
    { className },
    isLiked ? title : make('s', { title: 'Not for me' }, title),
    make('button', { type: 'button', ariaLabel: `Remove ${title}`, onclick: () => remove(item) }, '×'),
  );
}

/** @param {Seen} seen */
export function renderHistory({ owner }) {
  const { history } = app.person;
  const most = isWhole ? history.length : shown;
  const chips = history
    .slice(0, most)
    .map(({ item, preference }) => ({
      item,
      isLiked: preference > 0,
      className: preference > 0 ? colour(owner.get(item)) : 'disliked',
    }));
  remake($('chips'), chips, () => chips.map(chip));
  const rest = history.length - most;
  $('all-chips').hidden = rest <= 0;
  write($('all-chips'), `Show ${rest} more`);
  $('undo').hidden = !app.person.canUndo;
  const all = app.person.ids.join();
  for (const button of $('presets').querySelectorAll('[aria-pressed]'))
    button.ariaPressed = String(presets[button.textContent].join() === all);
}

export function showAllChips() {
  isWhole = true;
  renderHistory(app.seen);
  /** @type {HTMLElement} */ ($('chips').children[shown]?.querySelector('button')).focus();
}

const shareBar = (/** @type {string} */ className, /** @type {number} */ share) => {
  const bar = make('i', { className });
  bar.style.setProperty('--to', `${100 * share}%`);
  return bar;
};

/**
 * @param {{ index: number, label: string, share: number, items: string[], side?: number }} persona items:
 *   titles; side: how much it speaks now
 * @param {boolean} isKnown or new in this visit
 */
function personaRow({ index, label, share, items, side }, isKnown) {
  const speaks =
    side === undefined
      ? []
      : [
          make('small', {}, isKnown ? 'speaks now' : 'new in this visit, speaks now'),
          make('small', { className: 'now' }, number(side, percent(side))),
          shareBar('bar thin', side),
        ];
  return make(
    'li',
    { className: colour(index) },
    make('b', { className: isKnown ? '' : 'fresh' }, label),
    ...(isKnown ? [number(share, percent(share)), shareBar('bar', share)] : []),
    ...speaks,
    make('small', { className: 'such' }, items.join(', ')),
  );
}

/**
 * The mark of each persona on the map, before the map is there: nothing moves when it comes.
 * @param {Persona[]} personas
 */
function renderKey(personas) {
  const markFor = (/** @type {number} */ index) => {
    const [picture, path] = ['svg', 'path'].map((tag) =>
      document.createElementNS('http://www.w3.org/2000/svg', tag),
    );
    picture.setAttribute('viewBox', '-1.3 -1.3 2.6 2.6');
    path.setAttribute('d', markOf(index));
    picture.append(path);
    return picture;
  };
  const names = personas.map(({ index, label }) => ({ index, label }));
  remake($('map-key'), names, () =>
    names.map(({ index, label }) => make('li', { className: colour(index) }, markFor(index), label)),
  );
}

/**
 * Who speaks, usually and now.
 * @param {Persona[]} personas
 */
export function renderPersonas(personas) {
  const sides = app.visit.sides();
  const fresh = [...sides.values()].filter(({ index }) => index >= personas.length);
  const all = [...personas, ...fresh].map(({ index, label, share, items }) => ({
    index,
    label,
    share,
    items: items.slice(0, named).map(({ title }) => title),
    side: sides.get(index)?.share,
  }));
  remake($('personas'), all, () =>
    all.length > 0
      ? all.map((persona) => personaRow(persona, persona.index < personas.length))
      : [make('li', { className: 'none' }, nobodyYet)],
  );
  renderKey(personas);
  app.visit.render();
}
