// Owns a conversation: turns that are asked, answered and taken back. Must not compute what is believed, nor
// send or keep anything by itself.
import { badArgument, countArgument, itemId, listArgument } from '../core/arguments.js';
import { Bound } from '../core/bound.js';
import { idAt } from '../core/kernel.js';
import { largest } from '../core/largest.js';
import { optionsArgument } from '../core/options.js';
import { AmpcfError } from '../core/errors.js';
import { profileArgument } from '../model/handles.js';
import { Beliefs } from './beliefs.js';
import { chooseTurn } from './choose.js';
import { settingsOf } from './options.js';

/** @import { Profile } from '../model/profile.js' */
/** @import { RankedItem, Ranking } from '../model/types.js' */
/** @import { Evidence } from './beliefs.js' */
/** @import { AskOptions, Settings } from './options.js' */
/** @typedef {'yes' | 'no' | 'both' | 'do not know'} Answer */
/** @typedef {{ aspect: string, words: string }} AskedAspect */
/** @typedef {{ item: string, words: string }} AskedItem */
/**
 * @typedef {{ chance: number }} Chance of a listed item: how likely it is what the person is after, by
 *   history and answers
 */
/** @typedef {Ranking & { items: (RankedItem & Chance)[] }} AnsweredRanking */
/**
 * A question about aspects, or about one item, or a list.
 * @typedef {{ ask: (AskedAspect | AskedItem)[], recommend?: undefined } | { recommend: AnsweredRanking, ask?:
 *   undefined }} Turn
 */
/**
 * What was answered, as it can be told again.
 * @typedef {{ aspect: string, answer: Answer } | { item: string, answer: Answer } | { items: string[],
 *   answer: Answer }} AnswerGiven
 */
/**
 * @typedef {object} Step
 * @property {AnswerGiven} given
 * @property {'aspect' | 'item' | 'list'} about
 * @property {number} index of the aspect or item
 * @property {Evidence | undefined} evidence undefined: nothing was moved
 */

const answers = ['yes', 'no', 'both', 'do not know'];

/**
 * @param {unknown} given
 * @returns {Answer}
 */
function answerArgument(given) {
  if (typeof given !== 'string' || !answers.includes(given))
    throw badArgument('answer', given, `one of ${answers.join(', ')}`);
  return /** @type {Answer} */ (given);
}

/**
 * Questions and lists for one profile, which is not changed unless `keep` is called. Make one with
 * `conversation`.
 */
export class Conversation extends Bound {
  #profile;
  #settings;
  #beliefs;
  /** @type {Step[][]} */ #turns = [];
  /** How often, by index. */
  #asked = { aspect: /** @type {Map<number, number>} */ (new Map()), item: new Map() };

  /**
   * @internal
   * @param {Profile} profile
   * @param {Settings} settings
   */
  constructor(profile, settings) {
    super();
    this.#profile = profile;
    this.#settings = settings;
    this.#beliefs = new Beliefs(profile, settings);
  }

  /** How many turns were answered. */
  get turns() {
    return this.#turns.length;
  }

  /**
   * What was answered so far, turn by turn.
   * @returns {AnswerGiven[][]}
   */
  get answers() {
    return this.#turns.map((steps) => steps.map(({ given }) => structuredClone(given)));
  }

  /**
   * What is worth most now: a question, or a list. The same until something is answered, taken back, or
   * changed in the profile.
   * @returns {Turn}
   */
  next() {
    const beliefs = this.#beliefs;
    const { model } = this.#profile;
    beliefs.chances();
    const left = Math.max(1, this.#settings.turns - this.#turns.length);
    const names = model.aspectNames;
    const { may } = this.#settings;
    const free = {
      aspect: (/** @type {number} */ aspect) =>
        !this.#asked.aspect.has(aspect) && (!may || Boolean(may({ aspect: names[aspect] }))),
      item: (/** @type {number} */ item) =>
        !this.#asked.item.has(item) && (!may || Boolean(may({ item: idAt(model.kernel, item) }))),
    };
    const choice = this.#profile.state.lend(() => chooseTurn(beliefs, left, free));
    if (choice.aspects)
      return {
        ask: choice.aspects.map((aspect) => ({
          aspect: names[aspect],
          words: `Do you feel like ${names[aspect]}?`,
        })),
      };
    if (choice.item !== undefined) {
      const item = idAt(model.kernel, choice.item);
      return { ask: [{ item, words: `Do you know ${model.title(item)}?` }] };
    }
    return { recommend: this.list({ topK: this.#settings.list }) };
  }

  /**
   * @param {unknown} name
   * @returns {number}
   */
  #aspect(name) {
    const found = this.#profile.model.aspectNames.indexOf(/** @type {string} */ (name));
    if (found < 0) throw badArgument('aspect', name, 'an aspect of the model');
    return found;
  }

  /**
   * @param {unknown} id
   * @returns {number}
   */
  #item(id) {
    const found = this.#profile.model.indexOf(itemId(id));
    if (found === undefined)
      throw new AmpcfError('UNKNOWN_ITEM', `the model does not know item ${JSON.stringify(id)}`);
    return found;
  }

  /**
   * Something that was asked, by name, with what an answer to it does.
   * @param {any} asked
   * @param {Answer} answer
   * @returns {() => Step}
   */
  #stepOf(asked, answer) {
    const says = answer === 'do not know' ? undefined : answer;
    const beliefs = this.#beliefs;
    if (Object(asked) !== asked || (asked.aspect === undefined) === (asked.item === undefined))
      throw badArgument('turn.ask', asked, 'objects with an aspect or an item');
    if (asked.aspect !== undefined) {
      const aspect = this.#aspect(asked.aspect);
      return () => ({
        given: { aspect: asked.aspect, answer },
        about: 'aspect',
        index: aspect,
        evidence: says && beliefs.ofAspect(aspect, says),
      });
    }
    const item = this.#item(asked.item);
    return () => ({
      given: { item: itemId(asked.item), answer },
      about: 'item',
      index: item,
      evidence: says && beliefs.ofItem(item, says),
    });
  }

  /**
   * Takes in an answer. To several aspects at once: one for all of them, or a list with one for each. `both`
   * means that things with it and without it are wanted; of an item, that it is known and neither liked nor
   * disliked; of a list, some of it. `do not know` moves nothing; a question is not asked again, and what a
   * list has is left out of the next turn.
   * @param {Turn | { ask: readonly ({ aspect: string } | { item: string | number })[] }} turn of `next`, or
   *   one that the app thought of
   * @param {Answer | readonly Answer[]} answer
   * @returns {this}
   */
  answer(turn, answer) {
    this.#profile.state.check();
    const { ask, recommend } = /** @type {any} */ (turn ?? {});
    if ((ask === undefined) === (recommend === undefined))
      throw badArgument('turn', turn, 'a turn of next(): { ask } or { recommend }');
    if (recommend !== undefined) return this.#answerList(recommend, answerArgument(answer));
    const asked = listArgument('turn.ask', ask);
    const each =
      typeof answer === 'string'
        ? asked.map(() => answer)
        : listArgument('answer', /** @type {any} */ (answer));
    if (asked.length === 0) throw badArgument('turn.ask', ask, 'at least one question');
    if (each.length !== asked.length)
      throw badArgument('answer', `${each.length} answers`, `${asked.length}, one for each question`);
    const steps = asked.map((one, i) => this.#stepOf(one, answerArgument(each[i])));
    this.#take(steps);
    return this;
  }

  /**
   * @param {any} list
   * @param {Answer} answer
   */
  #answerList(list, answer) {
    const ids = listArgument('turn.recommend.items', list?.items).map((entry) =>
      itemId(/** @type {any} */ (entry)?.item),
    );
    const items = ids.map((id) => this.#item(id));
    const evidence = this.#beliefs.ofList(items, answer === 'yes' || answer === 'both');
    this.#take([() => ({ given: { items: ids, answer }, about: 'list', index: 0, evidence })]);
    return this;
  }

  /**
   * The person says by themselves what they feel like. It counts as a turn.
   * @param {string} aspect
   * @returns {this}
   */
  say(aspect) {
    this.#profile.state.check();
    const index = this.#aspect(aspect);
    const evidence = this.#beliefs.ofNamed(index);
    this.#take([() => ({ given: { aspect, answer: 'yes' }, about: 'aspect', index, evidence })]);
    return this;
  }

  /** @param {(() => Step)[]} making */
  #take(making) {
    const beliefs = this.#beliefs;
    this.#aside(-1);
    beliefs.chances(); // of all that goes before
    const steps = making.map((make) => make());
    for (const step of steps) this.#move(step, 1);
    this.#turns.push(steps);
  }

  /**
   * A list that nobody judged says nothing of its items: they are aside while it is the latest turn.
   * @param {1 | -1} sign aside, or back
   */
  #aside(sign) {
    for (const { about, given, evidence } of this.#turns.at(-1) ?? [])
      if (about === 'list' && given.answer === 'do not know' && evidence) this.#beliefs.move(evidence, sign);
  }

  /**
   * Takes a step in, or takes it back. What was asked is not asked again.
   * @param {Step} step
   * @param {1 | -1} sign
   */
  #move({ about, index, evidence }, sign) {
    if (evidence) this.#beliefs.move(evidence, sign);
    if (about === 'list') return;
    const asked = this.#asked[about];
    const count = (asked.get(index) ?? 0) + sign;
    if (count) asked.set(index, count);
    else asked.delete(index);
  }

  /** What it is: how many turns were answered. No answer is named: logs travel. */
  toString() {
    return `Conversation { turns: ${this.turns} }`;
  }

  /**
   * Takes the last turn back, to the bit; false when there is none.
   */
  undo() {
    this.#profile.state.check();
    const steps = this.#turns.pop();
    for (const step of steps ?? []) this.#move(step, -1);
    if (steps) this.#aside(1);
    return steps !== undefined;
  }

  /**
   * The likeliest items by history and answers, also where a question would be worth more. What was listed
   * and not wanted is not listed again; what was listed and not judged, not in the next turn.
   * @param {{ topK?: number, among?: Iterable<string | number> }} [options] topK default: as many as `list`;
   *   among: ids, of which alone
   * @returns {AnsweredRanking} `unknown` lists ids of `among` that the model does not know
   */
  list(options = {}) {
    const { topK = this.#settings.list, among } = optionsArgument(options, 'topK among');
    countArgument('topK', topK);
    const { model } = this.#profile;
    const only = among === undefined ? undefined : model.candidates(among);
    const all = this.#beliefs.chances();
    const p = only ? new Float64Array(all.length) : all;
    for (const j of only?.indices ?? []) p[j] = all[j];
    const best = new Map(largest(p, topK).map((j) => [idAt(model.kernel, j), p[j]]));
    const ranking = this.#profile.rank(best.keys());
    const items = ranking.items
      .map((item) => ({ ...item, chance: best.get(item.item) ?? 0 }))
      .sort((a, b) => b.chance - a.chance);
    return { ...ranking, items, unknown: [...(only?.unknown ?? [])] };
  }

  /**
   * Makes events of the profile of what was said about items: a yes is a like, a no a dislike, both is seen
   * and left. They are the profile's from then on, each a change of its own, to be undone there.
   * @returns {number} of events
   */
  keep() {
    this.#profile.state.checkChange();
    let kept = 0;
    // An answer says nothing of when an event that is there was, or how much it counts.
    const there = new Map(this.#profile.history.map((event) => [event.item, event]));
    for (const steps of this.#turns)
      for (const step of steps) {
        const { item, answer } = /** @type {any} */ (step.given);
        if (item === undefined || !step.evidence) continue;
        // First what may fail: an answer that could not be kept goes on to count here.
        const { weight = 1, at = null } = there.get(item) ?? {};
        this.#profile.add({ item, weight, at, preference: answer === 'yes' ? 1 : answer === 'no' ? -1 : 0 });
        this.#beliefs.move(step.evidence, -1);
        step.evidence = undefined;
        kept++;
      }
    return kept;
  }
}

/**
 * A conversation that finds out what a person feels like now.
 * @param {Profile} profile which may be empty
 * @param {AskOptions} [options]
 * @returns {Conversation}
 * @throws {AmpcfError} BAD_ARGUMENT; NO_ASPECTS: `about: 'aspects'` of a model without
 */
export function conversation(profile, options = {}) {
  const { model } = profileArgument(profile);
  return new Conversation(profile, settingsOf(model, options));
}

/**
 * The first turn of a conversation: what is worth most when nothing was answered yet.
 * @param {Profile} profile which may be empty
 * @param {AskOptions} [options]
 * @returns {Turn}
 */
export const nextTurn = (profile, options = {}) => conversation(profile, options).next();
