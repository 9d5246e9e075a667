// Owns the bars of tastes on the demo page: how much of my films, and of each list, each taste has. Must not
// rank.
import { app } from './app.js';
import { $, make, percent, remake, spoken } from './elements.js';

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

/**
 * @param {{ aspect: string, shares: number[] }} taste a share for each row
 * @param {number} longest share of all
 */
const barsOf = ({ aspect, shares }, longest) =>
  make(
    'li',
    {},
    make('b', {}, aspect),
    ...rows.flatMap(([name, what], i) => {
      const said = `${percent(shares[i])} ${what}`;
      const bar = make('i', { className: `taste ${name}`, title: said });
      bar.style.setProperty('--to', `${(100 * shares[i]) / longest}%`);
      return [bar, spoken(` ${said}. `)];
    }),
  );

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
  const bars = tastes.map((aspect) => ({
    aspect,
    shares: rows.map(([name]) => shares[name].get(aspect) ?? 0),
  }));
  remake($('taste-bars'), [bars, longest], () => bars.map((taste) => barsOf(taste, longest)));
}
