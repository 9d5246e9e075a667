// Owns the agent of `ampcf/ask` in the simulator: its turns, and how much time they take. Must not see
// targets.
import { conversation } from '../../../dist/ask.js';

/** @import { Model } from 'ampcf' */
/** @import { AskOptions } from '../../../web/ask.js' */
/** @import { Agent, AskSet } from './rules.js' */
/**
 * @typedef {object} Way how an agent goes about it
 * @property {AskOptions} options
 * @property {boolean} [nobody] without the person's history
 * @property {boolean} [deaf] a no is taken for "do not know": it moves nothing at all
 */
/** @typedef {{ turns: number, ms: number, first: number, conversations: number }} Clock */

/** @returns {number} of this process */
const cpuMs = () => process.cpuUsage().user / 1000;

/**
 * @param {Model} model
 * @param {AskSet} set
 * @param {Way} way
 * @param {Clock} clock
 * @returns {(user: string, said: string) => Agent}
 */
export function askingAgent(model, set, { options, nobody = false, deaf = false }, clock) {
  const profiles = new Map();
  const profileOf = (/** @type {string} */ user) => {
    const key = nobody ? '' : user;
    if (!profiles.has(key)) profiles.set(key, model.createProfile(nobody ? [] : (set.train.get(user) ?? [])));
    return profiles.get(key);
  };
  return (user, said) => {
    const profile = profileOf(user);
    const began = cpuMs();
    const talk = conversation(profile, options).say(said);
    clock.first += cpuMs() - began;
    clock.conversations++;
    /** @type {any} */ let turn;
    return {
      move() {
        const from = cpuMs();
        turn = talk.next();
        clock.ms += cpuMs() - from;
        clock.turns++;
        if (turn.ask) return { ask: turn.ask.map((/** @type {any} */ one) => one.aspect) };
        return { recommend: turn.recommend.items.map((/** @type {any} */ { item }) => item) };
      },
      heard(accepted) {
        const no = deaf ? 'do not know' : 'no';
        talk.answer(
          turn,
          turn.ask.map((/** @type {any} */ one) => (accepted.includes(one.aspect) ? 'yes' : no)),
        );
      },
      missed: () => void talk.answer(turn, 'no'),
    };
  };
}
