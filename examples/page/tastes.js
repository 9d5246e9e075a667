// Owns the bars of tastes on the demo page: how much of my films, and of each list, each taste has. Must not
// rank.
import { app } from './app.js';
import { $, make, percent, spoken } from './elements.js';

/** @import { Seen } from './app.js' */

const shown = 6;
const rows = /** @type {const} */ ([
  ['mine', 'of my films'],
  ['personas', 'of the list in proportion'],
  ['one', 'of the list of one vector'],
]);

/**
 * How much of some films each taste has. A film of several tastes is shared among them.
 * @param {string[]} items
 */
function sharesOf(items) {
  /** @type {Map<string, number>} */
  const shares = new Map();
  for (const item of items) {
    const aspects = app.model.aspects(item);
    for (const aspect of aspects)
      shares.set(aspect, (shares.get(aspect) ?? 0) + 1 / aspects.length / items.length);
  }
  return shares;
}

/** @param {Seen} seen */
export function renderTastes({ lists }) {
  const liked = app.person.history.filter(({ item, preference }) => preference > 0 && app.model.has(item));
  const shares = {
    mine: sharesOf(liked.map(({ item }) => item)),
    personas: sharesOf(lists.personas.items.map(({ item }) => item)),
    one: sharesOf(lists.one.items.map(({ item }) => item)),
  };
  const most = (/** @type {string} */ aspect) =>
    Math.max(...Object.values(shares).map((map) => map.get(aspect) ?? 0));
  const all = new Set(Object.values(shares).flatMap((map) => [...map.keys()]));
  const mine = (/** @type {string} */ aspect) => shares.mine.get(aspect) ?? 0;
  const tastes = [...all]
    .sort((a, b) => most(b) - most(a) || (a < b ? -1 : 1))
    .slice(0, shown)
    .sort((a, b) => mine(b) - mine(a) || most(b) - most(a));
  const longest = Math.max(...tastes.map(most), 1e-9);
  $('tastes').hidden = tastes.length === 0;
  $('taste-bars').replaceChildren(
    ...tastes.map((aspect) =>
      make(
        'li',
        {},
        make('b', {}, aspect),
        ...rows.flatMap(([name, what]) => {
          const share = shares[name].get(aspect) ?? 0;
          const bar = make('i', { className: `taste ${name}`, title: `${percent(share)} ${what}` });
          bar.style.setProperty('--to', `${(100 * share) / longest}%`);
          return [bar, spoken(` ${percent(share)} ${what}. `)];
        }),
      ),
    ),
  );
}
