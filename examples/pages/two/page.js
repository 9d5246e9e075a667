// Owns the page of two people on one device: whose event is whose, who is here now, and a list for each. Must
// not fetch anything, nor use more than the public API.
import { loadModel } from '../../../dist/ampcf.js';
import { as, peopleOf, whoIsHere } from '../../../dist/people.js';
import { trainModel } from '../../../dist/train.js';
import { $, button, make, percent } from '../../page/elements.js';
import { madePeople } from '../made.js';
import { showList, start } from '../view.js';
import { byKind, played, podcasts } from './data.js';

/** Events that lie further apart are of another visit, in seconds. */
const gap = 2 * 3600;
/** Who may be listening now: what is put on, by the name of the button. */
const tries = /** @type {const} */ (['Bedtime stories', 'True crime', 'Jazz', 'Football']);

/** @type {import('ampcf').Model} */ let model;
/** @type {import('ampcf').Profile} what the device played */ let account;
/** @type {number | null} whose list; null: the account's */ let chosen = null;

const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** @param {import('ampcf/people').People} found */
function showEvents({ events, list }) {
  const ownerOf = new Map(events.map(({ item, person }) => [item, person]));
  $('events').replaceChildren(
    ...account.history.map(({ item, at }) => {
      const owner = ownerOf.get(item);
      const name = owner === undefined ? '' : (list[owner]?.label ?? '');
      return make(
        'tr',
        { className: owner === undefined ? '' : `p${owner}` },
        make('td', {}, day.format(1000 * Number(at))),
        make('th', { scope: 'row' }, model.title(item)),
        make('td', {}, make('b', { className: 'whose' }, name)),
      );
    }),
  );
}

/** @param {import('ampcf/people').People} found */
function showPeople(found) {
  const press = (/** @type {number | null} */ person) => {
    chosen = person;
    render();
    document.querySelector('#whose [aria-pressed=true]')?.focus();
  };
  const choice = (/** @type {string} */ text, /** @type {number | null} */ person) =>
    button(text, () => press(person), { ariaPressed: String(chosen === person) });
  $('whose').replaceChildren(
    choice('The account as one', null),
    ...found.list.map(({ index, label, share }) => choice(`${label}, ${percent(share)}`, index)),
  );
}

/** @param {string} kind */
function showWho(kind) {
  const [event] = (byKind.get(kind) ?? []).slice(-1);
  const here = [...whoIsHere(account, [event], { gap })].sort((a, b) => b.probability - a.probability);
  $('who').replaceChildren(
    ...here.map(({ person, label, probability }) =>
      make(
        'li',
        { className: person === null ? '' : `p${person}` },
        make('span', {}, label),
        make('meter', { value: probability, ariaLabel: percent(probability) }),
        make('b', {}, percent(probability)),
      ),
    ),
  );
  $('put').textContent = `“${model.title(event)}” is put on. Who is it?`;
}

function render() {
  const found = peopleOf(account, { gap });
  const sure = percent(1 - found.probabilities[0]);
  $('count').textContent =
    `${account.size} plays of ${found.count} people, ${sure} sure that of more than one.`;
  showEvents(found);
  showPeople(found);
  const one = chosen === null ? account : as(account, chosen, { gap });
  showList($('list'), model, one, { exclude: played.map(({ item }) => item) });
  if (one !== account) one.dispose();
}

await start(async () => {
  const people = madePeople(byKind, { people: 500, events: 20, seed: 3 });
  const items = new Map(podcasts.map(({ id, title, kind }) => [id, { title, aspects: [kind] }]));
  const settings = { dim: 16, split: 1.3, alpha: 0.4, lambda: 0.006 };
  const plain = { userDamping: 0, itemDamping: 0, popularityDamping: 0 };
  const { bytes } = await trainModel(people, { ...settings, ...plain, items, cores: 2 });
  model = await loadModel(bytes);
  account = model.createProfile(played);
  $('tries').replaceChildren(...tries.map((kind) => button(kind, () => showWho(kind))));
  render();
  showWho(tries[1]);
  return `A model of ${bytes.length} bytes, trained from 500 invented listeners in this page.`;
});
