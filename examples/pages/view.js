// Owns what the small pages show alike: chips of a history, ranked things with their reasons, bars of shares.
// Must not know what the things are, and must write titles as text only.
import { explainInWords } from '../../dist/sentences.js';
import { $, button, make, percent } from '../page/elements.js';

/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {import('ampcf').Model} Model */

/**
 * What was liked, each with a button that takes it away.
 * @param {HTMLElement} list
 * @param {Model} model
 * @param {Profile} me
 * @param {() => void} changed
 */
function showHistory(list, model, me, changed) {
  const remove = (/** @type {string} */ item) => {
    me.remove(item);
    changed();
    /** @type {HTMLElement} */ (list.querySelector('button') ?? $('list')).focus();
  };
  const chips = me.history.map(({ item }) =>
    make(
      'li',
      {},
      model.title(item),
      button('×', () => remove(item), { ariaLabel: `Take away ${model.title(item)}` }),
    ),
  );
  list.replaceChildren(...(chips.length > 0 ? chips : [make('li', { className: 'none' }, 'Nothing yet')]));
}

/**
 * A ranked list; a press on a title likes it, and the keyboard goes on from the one that has its place.
 * @param {HTMLElement} list
 * @param {Model} model
 * @param {Profile} me
 * @param {{ proportional?: number, topK?: number, exclude?: string[] }} options
 * @param {(item: string) => void} [like] none: titles are there to be read
 * @returns {string[]} the ids shown
 */
export function showList(list, model, me, options, like) {
  const { items } = me.recommend({ topK: 10, ...options, explain: true, contributions: 3 });
  const [personas, history] = [me.personas(), me.history];
  const press = (/** @type {string} */ item, /** @type {number} */ place) => {
    like?.(item);
    /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('.title'))[place]?.focus();
  };
  const titleOf = (/** @type {string} */ title, /** @type {string} */ item, /** @type {number} */ place) =>
    like
      ? button(title, () => press(item, place), { className: 'title' })
      : make('span', { className: 'title' }, title);
  list.replaceChildren(
    ...items.map((ranked, place) =>
      make(
        'li',
        { className: ranked.persona ? `p${ranked.persona.index % 6}` : '' },
        titleOf(ranked.title, ranked.item, place),
        make('span', { className: 'tag' }, model.aspects(ranked.item).join(', ')),
        make(
          'small',
          {},
          ranked.persona ? explainInWords(ranked, { personas, history, reasons: 2 }).text : 'Liked by many',
        ),
      ),
    ),
  );
  return items.map(({ item }) => item);
}

/**
 * Shares of aspects, two bars each: of the history and of the list.
 * @param {HTMLElement} body of a table
 * @param {Model} model
 * @param {string[]} history ids
 * @param {string[]} shown ids
 */
function showShares(body, model, history, shown) {
  const sharesOf = (/** @type {string[]} */ ids) => {
    /** @type {Map<string, number>} */ const shares = new Map();
    for (const id of ids) {
      const own = model.aspects(id);
      for (const aspect of own) shares.set(aspect, (shares.get(aspect) ?? 0) + 1 / own.length / ids.length);
    }
    return shares;
  };
  const [mine, theirs] = [sharesOf(history), sharesOf(shown)];
  const names = [...new Set([...mine.keys(), ...theirs.keys()])].sort(
    (a, b) => (mine.get(b) ?? 0) - (mine.get(a) ?? 0) || (a < b ? -1 : 1),
  );
  const bar = (/** @type {number} */ share) =>
    make('td', {}, make('meter', { value: share, ariaLabel: percent(share) }), make('b', {}, percent(share)));
  body.replaceChildren(
    ...names.map((name) =>
      make(
        'tr',
        {},
        make('th', { scope: 'row' }, name),
        bar(mine.get(name) ?? 0),
        bar(theirs.get(name) ?? 0),
      ),
    ),
  );
}

/**
 * All that a page of a history, a slider, a list and shares shows.
 * @param {Model} model
 * @param {Profile} me
 * @param {() => void} changed
 * @returns {string[]} the ids of the list
 */
export function showAll(model, me, changed) {
  const proportional = Number($('proportional').value);
  $('much').textContent = proportional.toFixed(2);
  showHistory($('history'), model, me, changed);
  const shown = showList($('list'), model, me, { proportional }, (item) => {
    me.add(item);
    changed();
  });
  showShares(
    $('shares'),
    model,
    me.history.map(({ item }) => item),
    shown,
  );
  return shown;
}

/**
 * Buttons of histories to begin with, and the slider.
 * @param {[name: string, ids: string[]][]} presets
 * @param {() => Profile} who
 * @param {() => void} changed
 */
export function listen(presets, who, changed) {
  const become = (/** @type {string[]} */ ids) => {
    const me = who();
    me.clear();
    for (const id of ids) me.add(id);
    changed();
  };
  $('presets').replaceChildren(...presets.map(([name, ids]) => button(name, () => become(ids))));
  $('proportional').addEventListener('input', changed);
}

/**
 * The page is ready, or says why not.
 * @param {() => Promise<string>} begin what is to be said when it is ready
 */
export async function start(begin) {
  try {
    $('status').textContent = await begin();
    document.querySelector('main')?.removeAttribute('hidden');
  } catch (error) {
    $('status').textContent = `This page could not begin: ${/** @type {Error} */ (error).message}`;
    throw error;
  }
}
