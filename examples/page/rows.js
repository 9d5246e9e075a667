// Owns one row of a list on the demo page: made when a film comes to the list, and changed in place as long
// as it stays. Must not rank, nor decide which films are listed.
import { app, colour } from './app.js';
import { button, make, number, percent, spoken, write } from './elements.js';
import { explanationOf } from './explanation.js';

/** @import { ListName, RankedItem, Voice } from './app.js' */
/**
 * What a row does when somebody presses it.
 * @typedef {object} Acts
 * @property {(item: string) => void} dislike
 * @property {(item: string, row: HTMLElement) => void} look
 */

/**
 * The film whose explanation is open in each list; undefined: the first one.
 * @type {Record<ListName, string | null | undefined>}
 */
export const opened = { personas: undefined, one: undefined };

/** The first film of each list is open again. */
export function closeAll() {
  opened.personas = undefined;
  opened.one = undefined;
}

const setTo = (/** @type {HTMLElement} */ bar, /** @type {number} */ share) =>
  bar.style.setProperty('--to', `${100 * share}%`);

export class Row {
  #list;
  #acts;
  /** @type {RankedItem} */ #item;
  /** @type {Voice | undefined} */ #voice;
  /** What the row shows, and what its explanation is of. */
  #shown = '';
  #isExplained = false;
  #voiceSpan = make('span', { className: 'voice' });
  #score = number(0, '');
  #bar = make('i', { className: 'bar' });
  /** How much is open of the film: its place, until it is known. */
  #open = make('i', { className: 'open' });
  #openWords = spoken('');
  #summary;
  #details;
  /** @type {HTMLElement} */ element;

  /**
   * @param {RankedItem} item
   * @param {ListName} list
   * @param {Acts} acts
   */
  constructor(item, list, acts) {
    this.#item = item;
    this.#list = list;
    this.#acts = acts;
    const aspects = make('small', {}, app.model.aspects(item.item).join(', '));
    this.#summary = make(
      'summary',
      {},
      make('span', { className: 'title' }, item.title, aspects),
      this.#voiceSpan,
      make('span', { className: 'score' }, this.#score, this.#bar, this.#open, this.#openWords),
    );
    this.#details = make('details', {}, this.#summary);
    this.element = make('li', {}, this.#details);
    this.element.dataset.item = item.item;
    this.#listen();
  }

  #listen() {
    const list = this.#list;
    const { item } = this.#item;
    this.#details.addEventListener('toggle', () => {
      if (this.#details.open) (this.explain(), (opened[list] = item));
      else if (opened[list] === item) opened[list] = null;
    });
    // Opened by a person; the first film of a list is open by itself, and was not looked at.
    this.#summary.addEventListener('click', () => {
      this.explain();
      if (list === 'personas' && !this.#details.open) this.#acts.look(item, this.element);
    });
  }

  get item() {
    return this.#item.item;
  }

  /**
   * @param {RankedItem} item the same film, as it is ranked now
   * @param {number} best score of the list
   * @param {Voice | undefined} voice
   * @param {string} whose what else its explanation goes by
   */
  show(item, best, voice, whose) {
    const score = Number(item.score);
    const { seat, explanation } = item;
    const shown = JSON.stringify([item.score, seat, explanation, voice?.index, voice?.label, whose]);
    setTo(this.#bar, Math.max(0, score / best));
    this.#details.open = opened[this.#list] === item.item;
    this.element.className = colour(voice?.index);
    if (shown !== this.#shown) {
      this.#shown = shown;
      this.#item = item;
      this.#voice = voice;
      write(this.#voiceSpan, (voice?.label ?? 'popular') + (seat ? ' · by share' : ''));
      this.#score.value = String(score);
      write(this.#score, score.toFixed(3));
      this.#isExplained = false;
      while (this.#details.lastChild !== this.#summary) this.#details.lastChild.remove();
    }
    if (this.#details.open) this.explain();
  }

  /** Why the film is listed: when that is opened, or later than the list. */
  explain() {
    if (this.#isExplained) return;
    this.#isExplained = true;
    const { item, title } = this.#item;
    const ariaLabel = `${title} is not for me`;
    const notForMe = button('Not for me', () => this.#acts.dislike(item), { ariaLabel });
    this.#details.append(...explanationOf(this.#item, this.#voice, this.#list, notForMe));
  }

  /** Is there anything to explain? */
  get isUnsaid() {
    return !this.#isExplained;
  }

  /**
   * How much of the film this history leaves open: a quiet band, and words. The model of the demo has no
   * calibration, so nothing is said of how likely a film is to be liked.
   * @param {RankedItem} item with what is known of it
   */
  know({ uncertainty = 0, words = '' }) {
    this.#open.title = `${words}: ${percent(uncertainty)} is open`;
    setTo(this.#open, uncertainty);
    write(this.#openWords, `, ${this.#open.title}`);
  }
}
