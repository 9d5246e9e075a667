// Owns the custom element: a list of recommendations for pages without a framework. Must show what a model
// says as text, never as HTML, and must send nothing.
import { badArgument } from '../core/arguments.js';
import { profileArgument } from '../model/handles.js';
import { explainInWords } from '../sentences.js';
import { startLoading } from './loading.js';
import { rowOf, shadowOf, textOf } from './element-parts.js';

/** @import { ModelSource } from '../core/source.js' */
/** @import { Model } from '../model/model.js' */
/** @import { Profile } from '../model/profile.js' */
/** @import { RankedItem, Ranking, RecommendOptions } from '../model/types.js' */
/** @import { SentenceOptions } from '../model/sentences.js' */
/**
 * What the element says by itself.
 * @typedef {object} ElementWords
 * @property {string} list what the list is called for those who hear it
 * @property {string} loading
 * @property {string} failed
 * @property {string} empty
 */
/** @typedef {{ model: Model, profile: Profile, ranking: Ranking }} ReadyDetail of the event `ready` */

const mostItems = 1000;
/** A server has none, and may import this. */
const Base = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

/**
 * `<ampcf-recommendations model="films.ampcf" history="alien-1979 heat-1995" count="10">`. Events: `ready`
 * when a list is there, `select` when one of it was chosen (its `detail` is the ranked item), `error`. What
 * is between its tags is shown until then.
 */
export class RecommendationsElement extends Base {
  static observedAttributes = ['model', 'history', 'count'];

  #parts = /** @type {ReturnType<typeof shadowOf> | undefined} */ (undefined);
  #stop = () => {};
  #unsubscribe = () => {};
  #model = /** @type {Model | null} */ (null);
  #profile = /** @type {Profile | null} */ (null);
  /** Made here of a model that was loaded here, and so disposed of here. */
  #isOwn = false;
  #source = /** @type {ModelSource | null} */ (null);
  #ranking = /** @type {Ranking | null} */ (null);
  #options = /** @type {RecommendOptions} */ ({});
  #sentences = /** @type {SentenceOptions | null} */ ({});
  #words = /** @type {ElementWords} */ ({
    list: 'Recommendations',
    loading: 'Loading …',
    failed: 'Recommendations could not be loaded.',
    empty: 'There is nothing to recommend.',
  });

  /** @internal */
  connectedCallback() {
    this.#parts ??= shadowOf(this, (item) => this.#select(item));
    if (this.#profile) this.#follow();
    else this.#load();
  }

  /** @internal An element that is only moved is back at once. */
  disconnectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected) this.#drop();
    });
  }

  /**
   * @internal
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (!this.isConnected || !this.#parts || before === now) return;
    if (name === 'model') this.#load();
    else if (name === 'count') this.refresh();
    else if (this.#isOwn) this.#fill();
  }

  /** The model file: the attribute `model`, or anything that `loadModel` takes. */
  get source() {
    return this.#source ?? this.getAttribute('model');
  }

  /** @param {ModelSource | null} source */
  set source(source) {
    this.#source = source;
    if (this.isConnected) this.#load();
  }

  /**
   * The person: made of the attribute `history`, or one of the app's own, which the app disposes of. Its
   * changes are followed.
   */
  get profile() {
    return this.#profile;
  }

  /** @param {Profile | null} profile */
  set profile(profile) {
    const given = profile === null ? null : profileArgument(profile);
    this.#drop();
    this.#profile = given;
    this.#model = given?.model ?? null;
    if (!this.isConnected) return;
    if (given) this.#follow();
    else this.#load();
  }

  /** What is listed now, null before. */
  get ranking() {
    return this.#ranking;
  }

  /** Of `profile.recommend`; `topK` goes before the attribute `count`. */
  get options() {
    return this.#options;
  }

  /** @param {RecommendOptions} options */
  set options(options) {
    if (typeof options !== 'object' || !options)
      throw badArgument('options', options, 'those of profile.recommend');
    this.#options = options;
    this.refresh();
  }

  /**
   * Of `explainInWords`: templates, locale; null shows no reasons.
   * @returns {SentenceOptions | null}
   */
  get sentences() {
    return this.#sentences;
  }

  /** @param {SentenceOptions | null} sentences */
  set sentences(sentences) {
    this.#sentences = sentences;
    this.refresh();
  }

  /**
   * What the element says by itself, in the page's language.
   * @returns {ElementWords}
   */
  get words() {
    return this.#words;
  }

  /** @param {Partial<ElementWords>} words */
  set words(words) {
    this.#words = { ...this.#words, ...words };
    this.refresh();
  }

  #load() {
    this.#drop();
    const { source } = this;
    if (source === null) return;
    this.#say(this.#words.loading);
    this.#stop = startLoading(source, {}, ({ model, error }) => {
      if (error) this.#fail(error);
      else if (model) {
        this.#model = model;
        this.#fill();
      }
    });
  }

  /** A profile of the attribute. */
  #fill() {
    this.#unsubscribe();
    if (this.#isOwn) this.#profile?.dispose();
    this.#attempt(() => {
      const ids = (this.getAttribute('history') ?? '').split(/\s+/).filter((id) => id !== '');
      this.#isOwn = true;
      this.#profile = /** @type {Model} */ (this.#model).createProfile(ids);
      this.#follow();
    });
  }

  #follow() {
    this.#unsubscribe();
    this.#attempt(() => {
      this.#unsubscribe = this.#profile?.subscribe(() => this.refresh()) ?? this.#unsubscribe;
    });
    this.refresh();
  }

  /** Rank and show once more, as after a change of what `options` holds. */
  refresh() {
    if (!this.#parts || !this.#profile || !this.isConnected) return;
    this.#attempt(() => this.#show(/** @type {Profile} */ (this.#profile)));
  }

  /** @param {Profile} profile */
  #show(profile) {
    const { words } = this;
    const parts = /** @type {ReturnType<typeof shadowOf>} */ (this.#parts);
    const says = this.#sentences;
    const ranking = profile.recommend({ topK: this.#count(), explain: says !== null, ...this.#options });
    const facts = says &&
      ranking.items.length > 0 && { personas: profile.personas(), history: profile.history };
    const rows = ranking.items.map((item, i) =>
      rowOf(item, facts && item.explanation ? explainInWords(item, { ...facts, ...says }).text : '', i),
    );
    this.#ranking = ranking;
    parts.show(rows, words.list);
    this.#say(rows.length > 0 ? '' : words.empty);
    const detail = /** @type {ReadyDetail} */ ({ model: this.#model, profile, ranking });
    this.dispatchEvent(new CustomEvent('ready', { detail }));
  }

  #count() {
    const text = this.getAttribute('count') ?? '10';
    const count = Number(text);
    if (!(Number.isInteger(count) && count >= 1 && count <= mostItems))
      throw badArgument('count', text, `a whole number from 1 to ${mostItems}`);
    return count;
  }

  /** @param {string} item */
  #select(item) {
    const detail = /** @type {RankedItem} */ (this.#ranking?.items.find((ranked) => ranked.item === item));
    this.dispatchEvent(new CustomEvent('select', { detail, bubbles: true, composed: true }));
  }

  /** @param {() => void} work */
  #attempt(work) {
    try {
      work();
    } catch (error) {
      this.#fail(/** @type {Error} */ (error));
    }
  }

  /** @param {Error} error */
  #fail(error) {
    this.#ranking = null;
    this.#parts?.show([], '');
    this.#say(this.#words.failed);
    this.dispatchEvent(new CustomEvent('error', { detail: error }));
  }

  /** @param {string} text */
  #say(text) {
    if (this.#parts) textOf(this.#parts.status, text);
  }

  /** What is on its way and what was made here goes; what the app gave stays the app's. */
  #drop() {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    this.#stop();
    this.#stop = () => {};
    this.#ranking = null;
    this.#parts?.show([], '');
    this.#say('');
    if (!this.#isOwn) return;
    this.#profile?.dispose();
    this.#profile = this.#model = null;
    this.#isOwn = false;
  }
}

/**
 * Makes the element known to the page, which importing this has done by its usual name; under another name it
 * is a class of its own.
 * @param {string} [name] default 'ampcf-recommendations'
 */
export function defineElement(name = 'ampcf-recommendations') {
  const registry = globalThis.customElements;
  if (typeof name !== 'string' || !/^[a-z][a-z0-9.]*-[a-z0-9.-]*$/.test(name))
    throw badArgument('name of the element', name, 'small letters with a hyphen');
  if (!registry || registry.get(name)) return;
  registry.define(
    name,
    name === 'ampcf-recommendations' ? RecommendationsElement : class extends RecommendationsElement {},
  );
}
