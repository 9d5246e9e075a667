// Owns the made podcasts, and an account that two invented people share. Must not read anything.

/** Kind -> shows. @type {Record<string, string[]>} */
const kinds = {
  'Bedtime stories': ['The Snail Express', 'A Bear in the Attic', 'Nine Small Dragons'],
  'True crime': ['The Missing Ledger', 'Cold Harbour', 'The Second Witness'],
  Football: ['Extra Time', 'The Long Ball', 'Corner Flag'],
  Gardens: ['Under Glass', 'The Compost Hour', 'Roots and Rows'],
  Jazz: ['Blue at Noon', 'The Low Notes', 'Four to the Bar'],
  History: ['A Year at a Time', 'The Salt Roads', 'Letters Home'],
  Physics: ['Half a Spin', 'The Cold Side', 'Very Small Things'],
  Cooking: ['One Pot', 'The Bread File', 'Sour and Sweet'],
};
const episodes = 8;

/** @type {{ id: string, title: string, kind: string }[]} */
export const podcasts = Object.entries(kinds).flatMap(([kind, shows]) =>
  Array.from({ length: episodes }, (_, e) =>
    shows.map((show, s) => ({
      id: `${kind.toLowerCase().replaceAll(' ', '-')}-${s}-${e + 1}`,
      title: `${show}, part ${e + 1}`,
      kind,
    })),
  ).flat(),
);

/** Ids by kind. */
export const byKind = new Map(
  Object.keys(kinds).map((kind) => [kind, podcasts.filter((of) => of.kind === kind).map(({ id }) => id)]),
);

const day = 86_400,
  monday = 1_790_000_000 - (1_790_000_000 % day);

/**
 * Three parts in a row at an hour, on every second day.
 * @param {string} kind
 * @param {number} first day
 * @param {number} hour
 * @param {number} days
 */
const habit = (kind, first, hour, days) =>
  Array.from({ length: 3 * days }, (_, i) => ({
    item: (byKind.get(kind) ?? [])[i],
    at: monday + (first + 2 * Math.floor(i / 3)) * day + hour * 3600 + (i % 3) * 1200,
  }));

/** What the account played: one of the two has the evenings, the other the nights. */
export const played = [
  ...habit('Bedtime stories', 0, 19, 5),
  ...habit('True crime', 1, 22, 5),
  ...habit('Jazz', 7, 23, 2),
].sort((a, b) => a.at - b.at);
