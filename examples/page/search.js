// Owns how films of the demo page are found by what is typed: typing errors are forgiven, and the keyboard is
// enough. Must not decide what happens to the film that is chosen.
import MiniSearch from 'minisearch';
import { app, fold } from './app.js';
import { make } from './elements.js';

const shown = 8;
/** @type {MiniSearch | undefined} */
let index;
/** @type {Map<string, string>} title, folded -> id */
const titles = new Map();

/** @param {() => Promise<void>} pause */
export async function prepareSearch(pause) {
  const documents = app.model.ids().map((id) => ({ id, title: app.model.title(id) }));
  for (const { id, title } of documents) titles.set(fold(title), id);
  const made = new MiniSearch({ fields: ['title'], processTerm: (term) => fold(term) });
  for (let at = 0; at < documents.length; at += 100) {
    await pause();
    made.addAll(documents.slice(at, at + 100));
  }
  index = made;
}

/**
 * Films that may be meant, best first: by words, by how they begin, with one letter in four wrong, or two
 * in five where that finds nothing.
 * @param {string} typed
 * @returns {string[]} ids
 */
export function filmsMeant(typed) {
  const wanted = fold(typed.trim());
  const exact = titles.get(wanted);
  if (!wanted || !index) return exact ? [exact] : [];
  const foundWith = (/** @type {number} */ errors) =>
    /** @type {MiniSearch} */ (index).search(wanted, {
      prefix: (_, at, terms) => at === terms.length - 1,
      fuzzy: (term) => (term.length > 3 && !/^\d+$/.test(term) ? errors : false),
      weights: { prefix: 0.8, fuzzy: 0.3 },
      combineWith: 'AND',
    });
  const close = foundWith(0.25);
  const found = (close.length > 0 ? close : foundWith(0.4)).map(({ id }) => String(id));
  return exact ? [exact, ...found.filter((id) => id !== exact)] : found;
}

/** A field in which films are found: a combobox with a list below it. */
export class Search {
  #input;
  #list;
  #choose;
  /** @type {string[]} */ #found = [];
  #active = -1;

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} list
   * @param {(item: string) => void} choose is called with the film that is chosen
   */
  constructor(input, list, choose) {
    this.#input = input;
    this.#list = list;
    this.#choose = choose;
    input.addEventListener('input', () => this.#show(filmsMeant(input.value).slice(0, shown)));
    input.addEventListener('keydown', (event) => this.#press(event));
    input.addEventListener('blur', () => this.close());
    // The list may be pressed without the field losing the keyboard.
    list.addEventListener('pointerdown', (event) => event.preventDefault());
  }

  close() {
    this.#show([]);
  }

  /** @param {string[]} found */
  #show(found) {
    this.#found = found;
    this.#list.replaceChildren(
      ...found.map((item, i) =>
        make(
          'li',
          { id: `${this.#list.id}-${i}`, role: 'option', onclick: () => this.take(item) },
          app.model.title(item),
        ),
      ),
    );
    this.#list.hidden = found.length === 0;
    this.#input.setAttribute('aria-expanded', String(found.length > 0));
    this.#activate(-1);
  }

  /** @param {number} active */
  #activate(active) {
    this.#active = active;
    for (const [i, option] of [...this.#list.children].entries())
      option.setAttribute('aria-selected', String(i === active));
    if (active < 0) this.#input.removeAttribute('aria-activedescendant');
    else this.#input.setAttribute('aria-activedescendant', `${this.#list.id}-${active}`);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const count = this.#found.length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && count > 0) {
      event.preventDefault();
      const from = this.#active < 0 && step < 0 ? 0 : this.#active;
      this.#activate((from + step + count) % count);
    } else if (event.key === 'Escape') this.close();
  }

  /** The film that is meant: the one that is chosen in the list, or the first. */
  get meant() {
    return this.#found[this.#active] ?? filmsMeant(this.#input.value)[0];
  }

  /** @param {string} item */
  take(item) {
    this.#input.value = '';
    this.close();
    this.#choose(item);
  }
}
