// Owns `npm run bench:page`: how soon the demo page shows its first lists, beside a page with nothing in it,
// whether anything moves then, and how long it takes to rank again, in each browser that is here. Must not
// decide pass or fail.
import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { startServer } from '../browser/chromium.js';
import { engines } from '../environments/engines.js';
import { root } from '../support.js';
import { benchArguments, publish } from './results.js';

/** @import { Engine, View } from '../environments/engines.js' */
/** @typedef {Awaited<ReturnType<typeof startServer>>} Server */

const loads = 3;
const { write } = benchArguments({});
if (!existsSync(new URL('dist/demo/films.ampcf', root))) throw new Error('no model: run npm start first');

/** What the page says of its loading. Layout shifts and long tasks are known to Chromium alone. */
const loading = `(() => {
  const [{ domContentLoadedEventEnd: parsed, loadEventEnd: loaded }] =
    performance.getEntriesByType('navigation');
  const [ranked, painted] = ['ranked', 'painted'].map(
    (name) => performance.getEntriesByName(name)[0]?.startTime,
  );
  return { parsed, loaded, ranked, painted };
})()`;
const observed = (/** @type {string} */ type) => `new Promise((resolve) => {
  if (!PerformanceObserver.supportedEntryTypes.includes('${type}')) return resolve(undefined);
  const told = (list) => resolve(list.getEntries().map(({ value, duration }) => value ?? duration));
  new PerformanceObserver(told).observe({ type: '${type}', buffered: true });
  setTimeout(() => resolve([]), 200);
})`;
/**
 * Everything that ranks again: somebody else, both sliders in steps, the other kind of share, a film that is
 * taken away, the way back; a frame between two. The times that the page is busy with each.
 */
const changes = `(async () => {
  const times = [];
  const $ = (id) => document.getElementById(id);
  const act = async (change) => {
    const began = performance.now();
    change();
    document.body.offsetHeight;
    times.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const set = (id, value) => act(() => {
    $(id).value = value;
    $(id).dispatchEvent(new Event('input'));
  });
  for (const preset of [...document.querySelectorAll('#presets button')].slice(0, 3)) {
    await act(() => preset.click());
    for (let step = 0; step <= 5; step++) await set('amount', step / 5);
    await set('by', 'taste');
    for (let most = 1; most <= 4; most++) await set('most-personas', most);
    await set('by', 'share');
    await act(() => document.querySelector('#chips button').click());
    await act(() => $('undo').click());
  }
  return times;
})()`;

const median = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const sum = (/** @type {number[]} */ values) => values.reduce((all, value) => all + value, 0);
const most = (/** @type {number[]} */ values) => Math.max(0, ...values);
const milliseconds = (/** @type {number[]} */ values) =>
  `${median(values).toFixed(0)} (${Math.min(...values).toFixed(0)} to ${most(values).toFixed(0)})`;

/**
 * How to install what drives an engine, where it is not there.
 * @param {Engine} engine
 */
const packageFor = ({ needs }) =>
  needs && !existsSync(new URL(`tests/environments/node_modules/${needs}/package.json`, root))
    ? 'npm ci --prefix tests/environments'
    : undefined;

/**
 * One load of an empty page and one of the demo, each with nothing kept of an earlier one.
 * @param {View} view
 * @param {Server} server
 */
async function once(view, server) {
  await view.visit(`${server.origin}/test/empty.html`);
  await view.until("performance.getEntriesByName('ranked').length > 0");
  const { ranked: empty } = await view.read(loading);
  await view.visit(`${server.origin}/examples/page/`);
  await view.until("!!document.querySelector('main[data-ready]')", 60_000);
  return { empty, ...(await view.read(loading)) };
}

/**
 * @param {Engine} engine
 * @param {Server} server
 */
async function measure(engine, server) {
  const all = [];
  for (let load = 0; load < loads; load++) {
    const view = await engine.open({ width: 1280, height: 900 });
    try {
      const times = await once(view, server);
      const [moved, tasks] = [
        await view.read(observed('layout-shift')),
        await view.read(observed('longtask')),
      ];
      const again = await view.read(changes);
      const after = (await view.read(observed('longtask')))?.slice(tasks.length);
      all.push({ ...times, moved, again, after });
    } finally {
      await view.close();
    }
  }
  const of = (/** @type {'empty' | 'parsed' | 'loaded' | 'ranked' | 'painted'} */ what) =>
    all.map((one) => one[what]);
  const [{ moved }] = all;
  const again = all.flatMap((one) => one.again);
  return [
    engine.name,
    milliseconds(of('empty')),
    milliseconds(of('parsed')),
    milliseconds(of('ranked')),
    milliseconds(all.map(({ ranked, loaded }) => ranked - loaded)),
    milliseconds(of('painted')),
    moved ? most(all.map((one) => sum(one.moved))).toFixed(3) : 'not told',
    milliseconds(again),
    moved ? String(most(all.map((one) => one.after.length))) : 'not told',
  ];
}

const server = await startServer();
server.extra.set('/test/empty.html', {
  type: 'text/html',
  body:
    '<!doctype html><title>empty</title><link rel="icon" href="data:,">' +
    '<script type="module" src="empty.js"></script><p>empty</p>',
});
server.extra.set('/test/empty.js', { type: 'text/javascript', body: "performance.mark('ranked');" });
const rows = [];
for (const engine of engines) {
  const lacks = engine.lacks ?? packageFor(engine);
  if (lacks) console.log(`${engine.name} skipped: ${lacks}`);
  else rows.push(await measure(engine, server));
}
server.close();

publish(
  'page',
  [
    `The demo page from localhost, 1280 x 900, ${loads} loads, each in a browser that has just been started:`,
    'milliseconds from the start of navigation, median (least to most). The empty page has one script, which',
    'says when it runs: nothing can be shown sooner. After load: from the load event to the first lists.',
    'Painted: the lists have been seen for one frame. Ranking again: how long the page is busy with each of',
    '45 changes (presets, sliders, films taken away and back), layout included. Long tasks are those of more',
    'than 50 ms, by the browser’s own count, the most of one load. Programs that wanted to run meanwhile, on',
    `average: ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores; alone, the times are shorter.`,
    '',
    '| browser | empty page | parsed | first lists | after load | painted | layout shift | ' +
      'ranking again | long tasks then |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ].join('\n'),
  { write },
);
