// Owns the greeting of the demo page: somebody of whom nothing is known is asked, three taps at most, and
// gets a list. Must not change the profile: what is answered is what they feel like now, not what they liked.
import { conversation } from '../../dist/ask.js';
import { $, button, make, number, spoken } from './elements.js';

/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {import('ampcf/ask').Conversation} Conversation */
/** @typedef {import('ampcf/ask').AnsweredRanking['items'][number]} AnsweredItem */
/** @typedef {{ aspect: string }} Asked */

const questions = 3;

export class Greeting {
  #profile;
  #changed;
  /** @type {Conversation | undefined} */ #begun;

  /**
   * @param {Profile} profile without a history
   * @param {() => void} changed is called after each answer
   */
  constructor(profile, changed) {
    this.#profile = profile;
    this.#changed = changed;
  }

  /**
   * Several aspects at a time, and a list of few: so that asking is worth three taps. It begins when somebody
   * is asked: to prepare it takes longer than to rank.
   */
  get #talk() {
    return (this.#begun ??= this.#begin());
  }

  #begin() {
    const about = this.#profile.model.info.aspects > 0 ? 'aspects' : 'items';
    return conversation(this.#profile, { about, most: 4, effort: 0, list: 2, patience: 1 });
  }

  /** @param {Profile} profile without a history */
  turnTo(profile) {
    this.#profile = profile;
    this.forget();
  }

  get answered() {
    return this.#begun !== undefined && this.#begun.turns > 0;
  }

  forget() {
    this.#begun = undefined;
  }

  /**
   * The likeliest films by what was answered.
   * @param {number} topK
   */
  list(topK) {
    return this.#talk.list({ topK }).items;
  }

  /** What was said yes to, in words. */
  get #wanted() {
    const yes = this.#talk.answers.flat().filter(({ answer }) => answer === 'yes');
    return yes.flatMap((given) => ('aspect' in given ? [given.aspect] : []));
  }

  /** @param {() => void} change */
  #tap(change) {
    change();
    this.#changed();
    // The button that was pressed is gone: the keyboard goes on from the next question, or from the last one.
    ($('greeting').querySelector('button') ?? $('film')).focus();
  }

  /** The question, its answers, and the way back. */
  render() {
    const talk = this.#talk;
    const turn = talk.turns < questions ? talk.next() : undefined;
    const asked = turn?.ask ?? [];
    const wanted = this.#wanted.join(', ');
    const tapped = (/** @type {string} */ text, /** @type {import('ampcf/ask').Answer[]} */ answers) =>
      button(text, () => this.#tap(() => talk.answer({ ask: /** @type {Asked[]} */ (asked) }, answers)));
    // Who takes one of four has said nothing of the other three.
    const choices = asked.map((one, i) =>
      tapped(
        'aspect' in one ? one.aspect : this.#profile.model.title(one.item),
        asked.map((_, other) => (other === i ? 'yes' : 'do not know')),
      ),
    );
    const words =
      asked.length === 0
        ? `The list is by ${talk.turns} ${talk.turns === 1 ? 'answer' : 'answers'}${wanted && `: ${wanted}`}.`
        : 'aspect' in asked[0]
          ? 'What do you feel like?'
          : 'Do you know and like one of these?';
    $('greeting').replaceChildren(
      make(
        'p',
        { id: 'asked', role: 'status' },
        make('b', {}, words),
        asked.length > 0 ? make('small', {}, ` question ${talk.turns + 1} of ${questions}`) : '',
      ),
      make(
        'div',
        { className: 'choices', role: 'group', ariaLabel: 'Answers' },
        ...choices,
        ...(asked.length > 0
          ? [
              tapped(
                'Something else',
                asked.map(() => 'no'),
              ),
              tapped(
                'I do not know',
                asked.map(() => 'do not know'),
              ),
            ]
          : []),
        ...(talk.turns > 0
          ? [button('Undo', () => this.#tap(() => talk.undo()), { className: 'back' })]
          : []),
      ),
    );
  }

  /**
   * A film of the list: how likely it is what they are after, and by what.
   * @param {AnsweredItem} item
   * @param {number} best chance of the list
   */
  row(item, best) {
    const bar = make('i', { className: 'bar' });
    bar.style.setProperty('--to', `${(100 * item.chance) / best}%`);
    const has = this.#profile.model.aspects(item.item);
    const fits = this.#wanted.filter((aspect) => has.includes(aspect));
    const why = fits.length > 0 ? `You feel like ${fits.join(', ')}: it has that. ` : '';
    return make(
      'li',
      {},
      make(
        'details',
        {},
        make(
          'summary',
          {},
          make('span', { className: 'title' }, item.title, make('small', {}, has.join(', '))),
          make('span', { className: 'voice' }, 'as answered'),
          make(
            'span',
            { className: 'score' },
            spoken('chance '),
            number(item.chance, `${(100 * item.chance).toFixed(1)} %`),
            bar,
          ),
        ),
        make(
          'p',
          { className: 'said' },
          `${why}The chance that it is what you are after goes by your answers, and how popular it is.`,
        ),
      ),
    );
  }
}
