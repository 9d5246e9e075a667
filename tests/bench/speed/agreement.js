// Owns what contestants must agree on, and how much of the true list each found. Must not time anything.

/** @import { Entrant } from './race.js' */
/** @import { Answer } from './worker.js' */

const tolerance = 1e-4;

/**
 * Why one list is not the other; items may change places where their scores are the same.
 * @param {Answer} given
 * @param {Answer} wanted
 * @param {number} most that scores may differ by
 * @returns {string | undefined}
 */
export function difference(given, wanted, most) {
  if (given.items.length !== wanted.items.length || new Set(given.items).size !== given.items.length)
    return `wanted ${wanted.items.length} items, each once, got ${given.items.join(' ')}`;
  const apart = (/** @type {number} */ a, /** @type {number} */ b) => !(Math.abs(a - b) <= most);
  for (const [i, item] of given.items.entries()) {
    const place = wanted.items.indexOf(item),
      score = given.scores[i];
    if (apart(score, wanted.scores[i])) return `place ${i + 1}: wanted ${wanted.scores[i]}, got ${score}`;
    if (
      place >= 0
        ? apart(score, wanted.scores[place])
        : apart(score, /** @type {number} */ (wanted.scores.at(-1)))
    )
      return `place ${i + 1}: item ${item} is not there, or has another score`;
  }
  return undefined;
}

/**
 * @param {Entrant} given
 * @param {string} what
 * @param {Entrant | undefined} wanted
 * @param {string} as
 * @param {number} most
 * @returns {string[]}
 */
function compare(given, what, wanted, as, most) {
  const theirs = wanted?.answers[as];
  return (given.answers[what] ?? []).flatMap((answer, p) => {
    const why = theirs && difference(answer, theirs[p], most);
    return why ? [`${given.contestant.name}, ${what}, person ${p}: ${why}`] : [];
  });
}

/**
 * Everybody exact finds the ten of plain JavaScript with one vector, and every other library with four; the
 * native builds give this project's lists to the last bit.
 * @param {readonly Entrant[]} entrants
 * @returns {string[]} what is wrong
 */
export function disagreements(entrants) {
  const find = (/** @type {(entrant: Entrant) => boolean} */ test) => entrants.find(test);
  const plain = find(({ contestant }) => contestant.name === 'plain JavaScript');
  return entrants.flatMap((entrant) => {
    const { ours, answers } = entrant.contestant;
    const same = find(({ contestant }) => contestant.ours === true && contestant.answers === answers);
    if (ours)
      return [
        ...(answers === 'exact' ? compare(entrant, 'whole', plain, 'one', tolerance) : []),
        ...['one', 'four', 'whole', 'wholeFour', 'candidates'].flatMap((what) =>
          compare(entrant, what, same, what, 0),
        ),
      ];
    if (answers !== 'exact') return [];
    return ['one', 'four', 'candidates'].flatMap((what) => compare(entrant, what, plain, what, tolerance));
  });
}

/**
 * Part of the true list that was found with one vector, over all people.
 * @param {Entrant} given
 * @param {readonly Entrant[]} entrants
 */
export function found(given, entrants) {
  const plain = entrants.find(({ contestant }) => contestant.name === 'plain JavaScript');
  const lists = given.answers.whole ?? given.answers.one ?? [];
  const parts = lists.map(({ items }, p) => {
    const wanted = plain?.answers.one?.[p].items ?? [];
    return wanted.filter((item) => items.includes(item)).length / wanted.length;
  });
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}
