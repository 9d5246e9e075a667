// Owns the checks of what callers of the people entry pass. Must not know who there is.
import { badArgument, isObject, rangeArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import { mostPeople } from './count.js';

/** @import { PeopleOptions } from './people.js' */

const hour = 3600;

/**
 * Who owns which item, as far as somebody said it.
 * @param {PeopleOptions['owners']} owners
 * @returns {Map<string, number>}
 */
function ownersArgument(owners) {
  if (owners === undefined) return new Map();
  if (!isObject(owners)) throw badArgument('owners', owners, 'an object: the number of a person by item');
  return new Map(
    Object.entries(owners).map(([item, person]) => {
      if (!Number.isInteger(person) || person < 0 || person >= mostPeople)
        throw badArgument(`owner of ${item}`, person, `a whole number from 0 to ${mostPeople - 1}`);
      return [item, person];
    }),
  );
}

/** @param {PeopleOptions} options */
export function peopleArguments(options) {
  const { people, owners, gap = hour } = optionsArgument(options, 'people owners gap');
  if (people !== undefined && !(Number.isInteger(people) && people >= 1 && people <= mostPeople))
    throw badArgument('people', people, `a whole number from 1 to ${mostPeople}`);
  rangeArgument('gap', gap, 0, Number.MAX_VALUE, 'seconds, 0 or more');
  const told = ownersArgument(owners);
  const least = 1 + [...told.values()].reduce((a, b) => Math.max(a, b), 0);
  if (people !== undefined && least > people)
    throw badArgument('owners', `person ${least - 1}`, `persons below ${people}, as \`people\` says`);
  return { people, told, gap, least };
}
