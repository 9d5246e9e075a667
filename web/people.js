// Owns the people entry: who is behind one device, told from the events of a shared account. Must not be
// needed to rank.
export { as, peopleOf, whoIsHere } from './people/people.js';

/** @typedef {import('./people/people.js').People} People */
/** @typedef {import('./people/people.js').PeopleOptions} PeopleOptions */
/** @typedef {import('./people/names.js').Person} Person */
/** @typedef {import('./people/people.js').OwnedEvent} OwnedEvent */
/** @typedef {import('./people/people.js').Here} Here */
