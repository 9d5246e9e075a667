// Owns the demo page: what I liked goes in, personas and recommendations that explain themselves come out.
// Must not send anything, fetch anything after the model, or use more of the library than its public API.
import { loadModel } from '../../dist/ampcf.js';
import { confidence } from '../../dist/confidence.js';
import { now } from '../../dist/now.js';
import { explainInWords } from '../../dist/sentences.js';
import { $, make, number, percent, spoken } from './elements.js';
import { Greeting } from './greeting.js';
import { Household } from './household.js';
import { presets } from './presets.js';
import { Visit } from './visit.js';

/** @typedef {import('ampcf').Model} Model */
/** @typedef {import('ampcf').Profile} Profile */
/** @typedef {ReturnType<Profile['personas']>[number]} Persona */
/** @typedef {{ index: number, label: string }} Voice the persona that speaks for a film */
/** @typedef {ReturnType<Profile['explain']> & { uncertainty?: number, words?: string }} RankedItem */

const topK = 12;
const listedContributions = 4;
const colours = 6;
/** Words for how much is known of a film, where no probability is. */
const templates = {
  uncalibrated: '',
  known: 'Much of what I liked speaks of this',
  some: 'Some of what I liked speaks of this',
  open: 'Little of what I liked speaks of this',
  nothing: 'Nothing is known of what I like yet',
};

const colour = (/** @type {number | undefined} */ persona) =>
  persona === undefined ? '' : `p${persona % colours}`;
const fold = (/** @type {string} */ text) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
/**
 * Four decimals, or the power of ten where those would all be 0: a sum must not hide a term.
 * @param {number} x
 */
const exact = (x) => (x !== 0 && Math.abs(x) < 5e-5 ? x.toExponential(0) : x.toFixed(4)).replaceAll('-', '−');
/** @type {Model} */ let model;
/**
 * The same history twice: as personas, and as the one vector most libraries make of it.
 * @type {{ personas: Profile, one: Profile }}
 */
let profiles;
/** @type {Greeting} */ let greeting;
/** @type {Visit} */ let visit;
/** @type {Household} */ let household;
/**
 * Title as typed -> id.
 * @type {Map<string, string>}
 */
const titles = new Map();
/**
 * The film whose explanation is open; undefined: the first one.
 * @type {string | null | undefined}
 */
let opened;

const history = () => profiles.personas.history.map(({ item }) => item);
const mode = () =>
  /** @type {'personas' | 'one'} */ (
    /** @type {HTMLInputElement} */ (document.querySelector('input[name=mode]:checked')).value
  );

/** @param {string} item */
function add(item) {
  profiles.personas.add(item);
  profiles.one.add(item);
  render();
}

/** @param {string} item */
function remove(item) {
  const at = history().indexOf(item);
  profiles.personas.remove(item);
  profiles.one.remove(item);
  render();
  // The button that was pressed is gone: the keyboard goes on from its neighbour.
  const buttons = document.querySelectorAll('#chips button');
  /** @type {HTMLElement} */ (buttons[Math.min(at, buttons.length - 1)] ?? $('film')).focus();
}

/** @param {string} item */
function dislike(item) {
  for (const profile of [profiles.personas, profiles.one]) profile.dislike(item);
  visit.forget(item);
  opened = undefined;
  render();
  $('undo').focus();
}

function undo() {
  for (const profile of [profiles.personas, profiles.one]) profile.undo();
  render();
  if ($('undo').hidden) $('film').focus();
}

/** @param {string[]} items */
function become(items) {
  for (const profile of [profiles.personas, profiles.one]) {
    profile.clear();
    for (const item of items) profile.add(item);
  }
  greeting.forget();
  visit.forget();
  opened = undefined;
  render();
}

/**
 * The film meant by what was typed: its title, else the first that begins with it, else the first that
 * contains it.
 * @param {string} typed
 */
function filmMeant(typed) {
  const wanted = fold(typed.trim()),
    names = [...titles.keys()];
  const name =
    wanted &&
    (names.find((n) => n === wanted) ??
      names.find((n) => n.startsWith(wanted)) ??
      names.find((n) => n.includes(wanted)));
  return name ? titles.get(name) : undefined;
}

/**
 * @param {Map<string, number>} owner
 */
function renderHistory(owner) {
  $('chips').replaceChildren(
    ...profiles.personas.history.map(({ item, preference }) => {
      const title = model.title(item);
      return make(
        'li',
        { className: preference > 0 ? colour(owner.get(item)) : 'disliked' },
        preference > 0 ? title : make('s', { title: 'Not for me' }, title),
        make('button', { type: 'button', ariaLabel: `Remove ${title}`, onclick: () => remove(item) }, '×'),
      );
    }),
  );
  const all = history().join();
  for (const button of $('presets').children)
    button.ariaPressed = String(presets[button.textContent].join() === all);
}

/**
 * Who speaks, usually and now.
 * @param {Persona[]} personas
 */
function renderPersonas(personas) {
  const sides = visit.sides();
  const fresh = [...sides.values()].filter(({ index }) => index >= personas.length);
  const shareBar = (/** @type {string} */ className, /** @type {number} */ share) => {
    const bar = make('i', { className });
    bar.style.setProperty('--to', `${100 * share}%`);
    return bar;
  };
  $('personas').replaceChildren(
    ...[...personas, ...fresh].map(({ index, label, share, items }) => {
      const side = sides.get(index);
      const isKnown = index < personas.length;
      const speaks = side
        ? [
            make('small', {}, isKnown ? 'speaks now' : 'new in this visit, speaks now'),
            make('small', { className: 'now' }, number(side.share, percent(side.share))),
            shareBar('bar thin', side.share),
          ]
        : [];
      return make(
        'li',
        { className: colour(index) },
        make('b', { className: isKnown ? '' : 'fresh' }, label),
        ...(isKnown ? [number(share, percent(share)), shareBar('bar', share)] : []),
        ...speaks,
        make(
          'small',
          { className: 'such' },
          items
            .slice(0, 3)
            .map(({ title }) => title)
            .join(', '),
        ),
      );
    }),
  );
  if (personas.length === 0)
    $('personas').append(
      make(
        'li',
        { className: 'none' },
        'Nobody yet: the list is what most people liked. Add a film, or answer.',
      ),
    );
  visit.render();
  household.render();
}

/**
 * How many films of a list each persona speaks for, as a bar.
 * @param {any} bar
 * @param {Voice[]} personas
 * @param {(number | undefined)[]} voices
 */
function renderMix(bar, personas, voices) {
  const counts = personas.map(({ index, label }) => ({
    index,
    label,
    films: voices.filter((voice) => voice === index).length,
  }));
  bar.replaceChildren(
    ...counts
      .filter(({ films }) => films > 0)
      .map(({ index, films }) => {
        const part = make('i', { className: colour(index) });
        part.style.flexGrow = String(films);
        return part;
      }),
  );
  bar.ariaLabel = counts.map(({ label, films }) => `${films} of ${label}`).join(', ') || 'no personas';
}

/**
 * How much of a film this history leaves open: a quiet band, and words. The model of the demo has no
 * calibration, so nothing is said of how likely a film is to be liked.
 * @param {RankedItem} item
 */
function openBand({ uncertainty = 1, words = '' }) {
  const band = make('i', { className: 'open', title: `${words}: ${percent(uncertainty)} is open` });
  band.style.setProperty('--to', `${100 * uncertainty}%`);
  return [band, spoken(`, ${words}: ${percent(uncertainty)} is open`)];
}

/**
 * What a film of an explanation is to me.
 * @param {string} item
 */
function relation(item) {
  const event = profiles.personas.history.find((known) => known.item === item);
  if (!event) return 'because I looked at ';
  return event.preference > 0 ? 'because I liked ' : 'although I disliked ';
}

/**
 * The explanation as one sentence, its parts as elements: never as markup.
 * @param {RankedItem} item
 * @param {Voice | undefined} voice
 */
function sentence(item, voice) {
  const looked = visit.following ? visit.events : [];
  const { parts } = explainInWords(item, { history: [...profiles.personas.history, ...looked], aspects: 2 });
  return make(
    'p',
    { className: 'why' },
    ...parts.map((part) =>
      part.type === 'persona'
        ? make('b', { className: colour(voice?.index) }, part.text)
        : part.type === 'item'
          ? make('em', {}, part.text, looked.some((event) => event.item === part.item) ? ' (looked at)' : '')
          : part.text,
    ),
  );
}

/** How many events the list that is shown goes by. */
function eventsBehind() {
  if (mode() === 'one') return history().length;
  return (household.one?.size ?? history().length) + (visit.following ? visit.events.length : 0);
}

/**
 * The terms of one score, as steps from 0 to the score.
 * @param {RankedItem} item
 * @param {Map<string, number>} owner
 */
function explanationTable(item, owner) {
  const { contributions, rest, bias, residual } = /** @type {NonNullable<RankedItem['explanation']>} */ (
    item.explanation
  );
  const score = /** @type {number} */ (item.score);
  const others = eventsBehind() - contributions.length;
  const terms = [
    ...contributions.map((term) => ({
      name: [make('span', {}, relation(term.item)), term.title],
      value: term.contribution,
      className: colour(owner.get(term.item)),
    })),
    ...(others > 0
      ? [
          {
            name: [`the other ${others === 1 ? 'film' : `${others} films`} I know`],
            value: rest,
            className: '',
          },
        ]
      : []),
    { name: ['popularity'], value: bias, className: '' },
    { name: ['rounding'], value: residual, className: '' },
  ];
  let sum = 0;
  const steps = terms.map((term) => ({ ...term, from: sum, to: (sum += term.value) }));
  const low = Math.min(0, ...steps.map(({ to }) => to)),
    high = Math.max(score, ...steps.map(({ to }) => to), low + 1e-9);
  const row = (
    /** @type {(string | Node)[]} */ name,
    /** @type {number} */ value,
    /** @type {number} */ from,
    /** @type {number} */ to,
    /** @type {string} */ className,
  ) => {
    const bar = make('i', { className: 'step' });
    bar.style.setProperty('--from', `${(100 * (Math.min(from, to) - low)) / (high - low)}%`);
    bar.style.setProperty('--to', `${(100 * Math.abs(to - from)) / (high - low)}%`);
    return make(
      'tr',
      { className },
      make('th', { scope: 'row' }, ...name),
      make('td', {}, bar),
      make('td', {}, number(value, exact(value))),
    );
  };
  return make(
    'table',
    {},
    make('caption', {}, `How the score of ${item.title} adds up`),
    make(
      'tbody',
      {},
      ...steps.map(({ name, value, from, to, className }) => row(name, value, from, to, className)),
    ),
    make('tfoot', {}, row(['= score'], score, 0, score, '')),
  );
}

/**
 * @param {RankedItem} item
 * @param {number} best
 * @param {Voice | undefined} voice
 * @param {Map<string, number>} owner
 */
function rankedFilm(item, best, voice, owner) {
  const score = /** @type {number} */ (item.score),
    bar = make('i', { className: 'bar' });
  bar.style.setProperty('--to', `${100 * Math.max(0, score / best)}%`);
  const details = make(
    'details',
    { open: opened === item.item },
    make(
      'summary',
      {},
      make(
        'span',
        { className: 'title' },
        item.title,
        make('small', {}, model.aspects(item.item).join(', ')),
      ),
      make('span', { className: 'voice' }, voice?.label ?? 'popular', item.seat ? ' · by share' : ''),
      make('span', { className: 'score' }, number(score, score.toFixed(3)), bar, ...openBand(item)),
    ),
    make(
      'div',
      { className: 'said' },
      sentence(item, voice),
      make(
        'button',
        { type: 'button', ariaLabel: `${item.title} is not for me`, onclick: () => dislike(item.item) },
        'Not for me',
      ),
    ),
    explanationTable(item, owner),
  );
  details.addEventListener('toggle', () => {
    if (details.open) opened = item.item;
    else if (opened === item.item) opened = null;
  });
  const row = make('li', { className: colour(voice?.index) }, details);
  // Opened by a person; the first film of a list is open by itself, and was not looked at.
  details.firstChild.addEventListener('click', () => {
    if (!details.open) look(item.item, row);
  });
  return row;
}

/**
 * A film was looked at. Where the list follows, it stays where it is, under the pointer.
 * @param {string} item
 * @param {any} row
 */
function look(item, row) {
  visit.look(item);
  if (visit.following) {
    opened = item;
    render(row);
    row.querySelector('summary').focus();
  } else renderPersonas(history().length > 0 ? profiles.personas.personas() : []);
}

/** Lists in proportion of personas, and by score of one vector, as most libraries give them. */
function bothLists() {
  const options = { topK, explain: true, contributions: listedContributions, confidence: { templates } };
  return {
    personas: visit.following
      ? visit.recommend(options)
      : (household.one ?? profiles.personas).recommend(options),
    one: profiles.one.recommend({ ...options, proportional: 0 }),
  };
}

/** Where the history is empty: a question, and once there is an answer, the list by it. */
function renderGreeting() {
  $('greeting').hidden = history().length > 0;
  if (history().length > 0) return;
  greeting.render();
  if (!greeting.answered) return;
  const items = greeting.list(topK);
  $('ranking').replaceChildren(...items.map((item) => greeting.row(item, items[0].chance)));
}

/**
 * Who speaks for the films of a list. One vector has no personas: its films are coloured by those who would
 * have spoken for them.
 * @param {Persona[]} personas
 * @returns {(name: 'personas' | 'one') => (item: RankedItem) => Voice | undefined}
 */
function voicesOf(personas) {
  const all = profiles.personas.rank(model.ids()).items;
  const voices = new Map(all.map(({ item, persona }) => [item, persona?.index]));
  return (name) => (item) =>
    name === 'personas' && visit.following
      ? (item.persona ?? undefined)
      : personas[voices.get(item.item) ?? -1];
}

/**
 * The persona that a film of the history belongs to most.
 * @param {Persona[]} personas
 */
function ownersOf(personas) {
  /** @type {Map<string, number>} */ const owner = new Map(),
    claims = new Map();
  for (const { index, items } of personas)
    for (const { item, responsibility } of items)
      if (responsibility > (claims.get(item) ?? 0))
        (claims.set(item, responsibility), owner.set(item, index));
  return owner;
}

/**
 * What both lists are made of, and how far from the taste they are.
 * @param {ReturnType<typeof bothLists>} lists
 * @param {Persona[]} personas
 * @param {ReturnType<typeof voicesOf>} voices
 */
function renderModes(lists, personas, voices) {
  for (const name of /** @type {const} */ (['personas', 'one'])) {
    const { items } = lists[name];
    const speaking = items.map(voices(name));
    const fresh = speaking.find((voice) => voice && voice.index >= personas.length);
    renderMix(
      $(`mix-${name}`),
      fresh ? [...personas, fresh] : personas,
      speaking.map((voice) => voice?.index),
    );
    const distance =
      model.info.aspects > 0 ? profiles[name].tasteDistance(items.map(({ item }) => item)) : null;
    $(`distance-${name}`).value = String(distance ?? '');
    $(`distance-${name}`).textContent = distance?.toFixed(2) ?? '–';
  }
}

/**
 * @param {RankedItem[]} items
 * @param {(item: RankedItem) => Voice | undefined} voiceOf
 * @param {Map<string, number>} owner
 * @param {any} [kept] a row that stays where it is
 */
function renderRanking(items, voiceOf, owner, kept) {
  const best = Math.max(...items.map(({ score }) => Number(score))) || 1;
  if (opened === undefined) opened = items[0]?.item;
  const place = kept ? [...$('ranking').children].indexOf(kept) : -1;
  const rows = items.map((item) => rankedFilm(item, best, voiceOf(item), owner));
  if (place >= 0) rows.splice(place, 0, kept);
  $('ranking').replaceChildren(...rows.slice(0, topK));
  $('ranking').className = mode();
}

/** @param {any} [kept] a row that stays where it is */
function render(kept) {
  const began = performance.now();
  const lists = bothLists();
  const took = performance.now() - began;
  const personas = history().length > 0 ? profiles.personas.personas() : [];
  const owner = ownersOf(personas);
  renderHistory(owner);
  renderPersonas(personas);
  const voices = voicesOf(personas);
  renderModes(lists, personas, voices);
  $('undo').hidden = !profiles.personas.history.some(({ preference }) => preference < 0);
  renderRanking(lists[mode()].items, voices(mode()), owner, kept);
  renderGreeting();
  $('took').textContent = `${model.info.items} films ranked both ways and explained in ${took.toFixed(1)} ms`;
}

/** @param {any} error */
function explainFailure(error) {
  const missing = error.code === 'HTTP' && error.details?.status === 404;
  $('status').className = 'failed';
  $('status').setAttribute('role', 'alert');
  $('status').replaceChildren(
    make(
      'b',
      {},
      missing
        ? 'No model here yet: run npm start first, it trains one in seconds. Then reload this page. '
        : 'The model could not be loaded. ',
    ),
    make('small', {}, error.message),
  );
}

/**
 * The proof of "no request": the browser's own list of them.
 * @param {number} since
 */
function countRequests(since) {
  let count = 0;
  new PerformanceObserver((list) => {
    count += list.getEntries().filter(({ startTime }) => startTime > since).length;
    $('requests').textContent = String(count);
  }).observe({ type: 'resource' });
}

function prepare() {
  for (const item of model.ids()) titles.set(fold(model.title(item)), item);
  $('films').append(
    ...model
      .ids()
      .map((item) => make('option', { value: model.title(item) }))
      .sort((a, b) => a.value.localeCompare(b.value)),
  );
  $('film').addEventListener('input', () => {
    const item = titles.get(fold($('film').value)); // chosen from the list
    $('unknown').textContent = '';
    if (item) (add(item), ($('film').value = ''));
  });
  $('add').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    const typed = $('film').value,
      item = filmMeant(typed);
    if (item) (add(item), ($('film').value = ''));
    else
      $('unknown').textContent = typed.trim()
        ? `The model knows no film like “${typed.trim()}”.`
        : 'Type a part of a title.';
  });
  const known = Object.entries(presets).filter(([, items]) => items.every((item) => model.has(item)));
  $('presets').append(
    ...known.map(([name, items]) => make('button', { type: 'button', onclick: () => become(items) }, name)),
  );
  $('undo').addEventListener('click', undo);
  $('modes').addEventListener('change', () => render());
  if (!String(model.info.metadata.name).startsWith('ampcf demo'))
    $('data').textContent = `Model: ${model.info.metadata.name ?? 'without a name'}.`;
  become(known[0][1]);
}

try {
  const from = new URLSearchParams(location.search).get('model') ?? '../../dist/demo/films.ampcf';
  model = await loadModel(from, { plugins: [confidence, now] });
  countRequests(performance.now());
  profiles = { personas: model.createProfile(), one: model.createProfile([], { personas: 1 }) };
  greeting = new Greeting(profiles.personas, render);
  const another = () => {
    opened = undefined;
    render();
  };
  household = new Household(profiles.personas, () => (visit.unfollow(), another()));
  visit = new Visit(profiles.personas, () => (household.choose(null), another()));
  prepare();
  document.querySelector('main')?.removeAttribute('hidden');
  $('status').remove();
} catch (error) {
  explainFailure(error);
}
