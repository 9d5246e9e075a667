// Owns how the demo page begins and how all of it is shown again. Must not send anything, fetch anything
// after the model unless it is asked to, or use more of the library than its public API.
import { loadModel } from '../../dist/ampcf.js';
import { confidence, explore } from '../../dist/confidence.js';
import { now } from '../../dist/now.js';
import { taste, tasteDistance } from '../../dist/taste.js';
import { app, topK } from './app.js';
import { answer, named, source, wantsMine } from './ask-model.js';
import { $, button, make } from './elements.js';
import { Greeting } from './greeting.js';
import { Household } from './household.js';
import { Keep } from './keep.js';
import { listNames, look, renderModes, renderRanking, restOfLists } from './lists.js';
import { mineIfKept } from './mine.js';
import { inParts } from './pause.js';
import { Person } from './person.js';
import { renderHistory, renderPersonas, showAllChips } from './personas.js';
import { presets } from './presets.js';
import { closeAll } from './rows.js';
import { renderTastes } from './tastes.js';
import { Tuning } from './tuning.js';
import { Visit } from './visit.js';

/** @param {string[]} items */
function become(items) {
  app.greeting.forget();
  app.visit.forget();
  closeAll();
  app.person.become(items);
}

/** Where the history is empty: a question, and once there is an answer, the list by it. */
function renderGreeting() {
  const isNobody = app.person.history.length === 0;
  $('greeting').hidden = !isNobody;
  if (!isNobody) return;
  app.greeting.render();
  if (!app.greeting.answered) return;
  const items = app.greeting.list(topK);
  $('ranking').replaceChildren(...items.map((item) => app.greeting.row(item, items[0].chance)));
}

/**
 * Whether all that follows the lists is there; undefined: nothing follows yet.
 * @type {Promise<boolean> | undefined}
 */
let following;
/** Is every part of the page there? */
let isWhole = false;

/** What follows the lists, part by part: what is seen first, then what is folded. Another change ends it. */
function followUp() {
  const { seen } = app;
  const parts = [
    ...app.followers.map((follow) => () => follow(seen)),
    () => app.household.render(),
    ...restOfLists(),
  ];
  $('main').removeAttribute('data-ready');
  following = inParts(parts, () => app.seen === seen);
}

/** Says that the page is whole, when it is: what another change has ended is followed by what that brings. */
async function ready() {
  for (let last; last !== following;) {
    last = following;
    if (await last) return $('main').setAttribute('data-ready', '');
  }
}

/** @param {any} [kept] a row that stays where it is */
function render(kept) {
  const began = performance.now();
  const seen = look();
  const took = performance.now() - began;
  app.seen = seen;
  renderHistory(seen);
  renderPersonas(seen.personas);
  renderModes(seen);
  renderTastes(seen);
  for (const name of listNames) renderRanking(name, seen, kept);
  renderGreeting();
  $('took').textContent =
    `${app.model.info.items} films ranked both ways and explained in ${took.toFixed(1)} ms`;
  for (const watch of app.watchers) watch(seen);
  if (following) followUp();
  if (isWhole) ready();
}

/** @param {any} error */
function explainFailure(error) {
  if (!$('status')) throw error; // the lists are there: what failed comes after them
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
  }).observe({ type: 'resource', buffered: true });
}

function prepare() {
  const known = Object.entries(presets).filter(([, items]) => items.every((item) => app.model.has(item)));
  $('presets').append(
    ...known.map(([name, items]) => button(name, () => become(items), { ariaPressed: 'false' })),
  );
  $('undo').addEventListener('click', () => {
    app.person.undo();
    if ($('undo').hidden) $('film').focus();
  });
  $('all-chips').addEventListener('click', showAllChips);
  $('modes').addEventListener('change', (/** @type {any} */ { target }) => {
    $('lists').dataset.mode = target.value;
  });
  if (!String(app.model.info.metadata.name).startsWith('ampcf demo'))
    $('data').textContent = `Model: ${app.model.info.metadata.name ?? 'without a name'}.`;
  return known[0]?.[1] ?? [];
}

/**
 * The choices of an earlier visit.
 * @param {Keep} keep
 */
function restore(keep) {
  const { tuning = {}, mode, looked = [] } = keep.choices ?? {};
  app.tuning.restore(tuning);
  for (const item of looked) if (app.model.has(item)) app.visit.look(item);
  const chosen = [...document.querySelectorAll('#modes input')].find(
    (input) => /** @type {HTMLInputElement} */ (input).value === mode,
  );
  if (chosen) /** @type {HTMLElement} */ (chosen).click();
}

/**
 * From now on what is liked and chosen is kept. A store that has a history although no choices were kept
 * still gives it back, unless something was done here already.
 * @param {Keep} keep
 * @param {import('ampcf').Profile | undefined} profile what is kept
 */
function follow(keep, profile) {
  const isLate = !keep.choices && profile && profile.size > 0 && !app.person.canUndo;
  if (isLate) app.person.begin(profile.history);
  if (profile) app.person.keepIn(profile);
  if (isLate) render();
  $('kept-said').textContent = keep.words;
  const remember = () =>
    keep.remember({ tuning: app.tuning.settings, mode: $('lists').dataset.mode, looked: app.visit.looked });
  app.followers.push(remember);
  $('modes').addEventListener('change', remember);
  $('ranking').addEventListener('click', () => setTimeout(remember));
  remember();
}

/** The model that was trained here, if that is wanted, or the one that is asked for already. */
async function openModel() {
  const mine = wantsMine ? await mineIfKept() : undefined;
  // Where nothing came, the library asks again and says why not.
  const model = await loadModel(mine ?? (await answer) ?? source, {
    taste,
    plugins: [confidence, explore, now],
  });
  return { model, isMine: mine !== undefined, name: `ampcf-page ${mine ? 'mine' : (named ?? 'demo')}` };
}

/** The parts of the page that stand on the person. */
function people() {
  const { personas } = app.person;
  const another = () => {
    closeAll();
    render();
  };
  app.greeting = new Greeting(personas, render);
  app.household = new Household(personas, () => (app.visit.unfollow(), another()));
  app.visit = new Visit(personas, () => (app.household.choose(null), another()));
  app.tuning = new Tuning(another);
}

/**
 * What comes when the first lists can be seen: first what is known of each film, then the rest of the page.
 * @param {Keep} keep
 * @param {boolean} isMine
 */
async function settle(keep, isMine) {
  await new Promise((resolve) => {
    const painted = () => (performance.mark('painted'), resolve(undefined));
    requestAnimationFrame(() => setTimeout(painted));
    setTimeout(resolve, 100); // where nobody looks nothing is painted
  });
  const rest = import('./rest.js');
  followUp();
  await following;
  await (await rest).prepareRest(keep, isMine);
  countRequests(performance.now());
}

/** What takes its time at the first use, while the model is on its way: the taste module. */
function warmUp() {
  tasteDistance([1], [1]).catch(() => {}); // what fails here fails again where it is needed
}

try {
  const opening = openModel();
  warmUp();
  const { model, name, isMine } = await opening;
  const keep = new Keep(name);
  app.model = model;
  app.person = new Person(model);
  app.render = render;
  people();
  const somebody = prepare();
  // Nothing was chosen here before: nothing is kept that the first lists would have to wait for.
  const kept = keep.choices && keep.open(model);
  app.person.begin(keep.choices ? ((await kept)?.history ?? []) : somebody);
  restore(keep);
  render();
  $('main').hidden = false;
  $('status').remove();
  performance.mark('ranked');
  const keeping = (kept ?? keep.open(model)).then((profile) => follow(keep, profile));
  await settle(keep, isMine);
  await keeping;
  isWhole = true;
  await ready();
} catch (error) {
  explainFailure(error);
}
