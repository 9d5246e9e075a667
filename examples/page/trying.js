// Owns what may be tried on the demo page: adding films, a surprise, asking why a film is not listed,
// sharing a list. Must not rank by other means than the library's.
import { app, colour, topK } from './app.js';
import { $, button, make } from './elements.js';
import { explanationTable } from './explanation.js';
import { Search } from './search.js';

/** @import { RankedItem } from './app.js' */

/**
 * A field of films with its form.
 * @param {string} form
 * @param {string} input
 * @param {string} list
 * @param {(item: string) => void} choose
 */
function prepareField(form, input, list, choose) {
  const search = new Search($(input), $(list), choose);
  $(form).addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    const typed = $(input).value.trim();
    const item = search.meant;
    if (item) search.take(item);
    else
      $('unknown').textContent = typed
        ? `The model knows no film like “${typed}”.`
        : 'Type a part of a title.';
  });
  $(input).addEventListener('input', () => {
    $('unknown').textContent = '';
  });
}

/** How often there was a surprise: the next one is another. */
let surprises = 0;

/** A film that may be good, and of which what I liked says little. */
function surprise() {
  surprises++;
  const profile = app.person.personas;
  const explored = profile.recommend({ topK: 30, explore: { seed: surprises, strength: 2 } }).items;
  const listed = new Set(app.seen.lists.personas.items.map(({ item }) => item));
  const found = explored.find(({ item }) => !listed.has(item)) ?? explored[0];
  if (!found) return;
  const aspects = app.model.aspects(found.item).join(', ');
  const like = (/** @type {string} */ text, /** @type {number} */ preference) =>
    button(text, () => {
      app.person.add({ item: found.item, preference });
      $('surprise').focus();
    });
  $('surprised').replaceChildren(
    make(
      'p',
      {},
      'How about ',
      make('b', {}, found.title),
      `? ${aspects && `${aspects}. `}It is not on the list, and may be good.`,
    ),
    make(
      'div',
      { className: 'acts' },
      like('I like it', 1),
      like('Not for me', -1),
      button('Another', surprise),
    ),
  );
}

/**
 * Where a film stands, in words.
 * @param {RankedItem} film
 * @param {number} rank by score alone
 * @param {RankedItem} last of the list
 */
function standing(film, rank, last) {
  const { items } = app.seen.lists.personas;
  const place = items.findIndex(({ item }) => item === film.item);
  if (place >= 0) return `${film.title} is here: place ${place + 1} of the list.`;
  const score = (/** @type {RankedItem} */ { score }) => Number(score).toFixed(3);
  const all = app.model.info.items;
  const words = `By score alone ${film.title} is number ${rank} of ${all}, with ${score(film)}. `;
  const lower = items.filter((item) => Number(item.score) < Number(film.score));
  const seated = lower.find(({ seat }) => seat) ?? lower[0];
  if (seated)
    return (
      words +
      `Its place went to ${seated.title}, with ${score(seated)}: ` +
      'a claim of another part of my taste put it there.'
    );
  return `${words}The last film of the list is ${last.title}, with ${score(last)}.`;
}

/** @param {string} item */
function whyNot(item) {
  const { model, person, seen } = app;
  const event = person.history.find((known) => known.item === item);
  const last = seen.lists.personas.items.at(-1);
  if (event || !last) {
    const what = event && event.preference > 0 ? 'I liked it already' : 'I said that it is not for me';
    $('why-answer').replaceChildren(
      make('p', {}, `${model.title(item)} is not listed: ${what}. A film of mine is not recommended again.`),
    );
    return;
  }
  const all = person.personas.rank(model.ids()).items;
  const rank = all.findIndex((other) => other.item === item) + 1;
  const explained = /** @type {RankedItem} */ (person.personas.explain(item, { contributions: 4 }));
  const other = /** @type {RankedItem} */ (person.personas.explain(last.item, { contributions: 4 }));
  const part = (/** @type {RankedItem} */ film) =>
    make('div', { className: colour(film.persona?.index) }, explanationTable(film, 'personas'));
  $('why-answer').replaceChildren(
    make('p', {}, standing(explained, rank, last)),
    make('div', { className: 'beside' }, part(explained), part(other)),
  );
}

/** The list as a link: the films of the list stand in it and nothing else, behind a # that is never sent. */
function linkOfList() {
  const url = new URL(location.href);
  const model = url.searchParams.get('model');
  const items = app.seen.lists.personas.items.map(({ item }) => encodeURIComponent(item));
  const query = model ? `?model=${encodeURIComponent(model)}` : '';
  return `${url.origin}${url.pathname}${query}#list=${items.join(',')}`;
}

async function share() {
  const link = linkOfList();
  $('shared-link').value = link;
  $('sharing').hidden = false;
  $('shared-link').select();
  const copied = await navigator.clipboard?.writeText(link).then(
    () => true,
    () => false,
  );
  $('share-said').textContent = copied
    ? 'Copied. The films of the list are in it, nothing of what I liked.'
    : 'Copy this: the films of the list are in it, nothing of what I liked.';
}

/** A list that somebody shared, from the address. What is no film of this model is counted, not shown. */
function showShared() {
  const given = /^#list=([^&]*)/.exec(location.hash)?.[1];
  $('shared').hidden = !given;
  if (!given) return;
  const decode = (/** @type {string} */ text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return '';
    }
  };
  const ids = [...new Set(given.split(',').map(decode))].slice(0, 100);
  const known = ids.filter((id) => id !== '' && app.model.has(id));
  const odd = ids.length - known.length;
  $('shared-films').replaceChildren(
    ...known.slice(0, 4 * topK).map((id) => make('li', {}, app.model.title(id))),
  );
  $('shared-odd').textContent = odd > 0 ? `${odd} more are not in this catalogue.` : '';
}

export function prepareTrying() {
  prepareField('add', 'film', 'films', (item) => {
    app.person.add(item);
    $('film').focus();
  });
  prepareField('why', 'why-film', 'why-films', whyNot);
  $('surprise').addEventListener('click', surprise);
  $('share').addEventListener('click', share);
  $('shared-close').addEventListener('click', () => {
    history.replaceState(null, '', location.pathname + location.search);
    showShared();
    $('film').focus();
  });
  addEventListener('hashchange', showShared);
  showShared();
  // What was said of an earlier list is no longer true.
  app.watchers.push(() => {
    $('surprised').replaceChildren();
    $('why-answer').replaceChildren();
    $('sharing').hidden = true;
  });
}
