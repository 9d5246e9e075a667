// Owns the simulation entry: people drawn from a model file, and rounds in which they take from what is
// recommended. Must not be needed to rank.
export { simulatePeople } from './simulate/people.js';
export { simulate } from './simulate/simulate.js';
export { supportOf } from './simulate/support.js';

/** @typedef {import('./simulate/consistency.js').Consistency} Consistency */
/** @typedef {import('./simulate/people.js').PeopleOptions} PeopleOptions */
/** @typedef {import('./simulate/people.js').SimulatedPeople} SimulatedPeople */
/** @typedef {import('./simulate/people.js').SimulatedPerson} SimulatedPerson */
/** @typedef {import('./simulate/people.js').SimulatedTaste} SimulatedTaste */
/** @typedef {import('./simulate/policies.js').ListContext} ListContext */
/** @typedef {import('./simulate/policies.js').Policy} Policy */
/** @typedef {import('./simulate/simulate.js').SimulateOptions} SimulateOptions */
/** @typedef {import('./simulate/simulate.js').PolicyRun} PolicyRun */
/** @typedef {import('./simulate/simulate.js').Simulation} Simulation */
/** @typedef {import('./simulate/round.js').RoundFigures} RoundFigures */
/** @typedef {import('./simulate/support.js').Covered} Covered */
/** @typedef {import('./simulate/support.js').Support} Support */
