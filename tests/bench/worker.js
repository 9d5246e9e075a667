// Owns `npm run bench:worker`: how long the page's own tasks are while a model is trained and asked, in the
// page and in a worker, by the browser's own count of long tasks. Must not judge what is trained.
import { availableParallelism, loadavg } from 'node:os';
import { chromium } from 'playwright-core';
import { args, executablePath, startServer } from '../browser/chromium.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

const values = benchArguments({
  people: { type: 'string', default: '6000' },
  items: { type: 'string', default: '2000' },
  repeats: { type: 'string', default: '3' },
});
const size = { people: Number(values.people), items: Number(values.items), each: 60 };
if (!executablePath) throw new Error('bench:worker: got no Chromium, wanted one (set CHROMIUM)');

/** What the page does: made people of twenty tastes, a seed, no data of anybody. */
const inPage = `
  const { trainModel } = await import('/dist/train.js');
  const { loadModel } = await import('/dist/ampcf.js');
  const { trainInWorker, loadModelInWorker } = await import('/dist/worker.js');
  const { people, items, each } = ${JSON.stringify(size)};
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const user = new Uint32Array(people * each), item = new Uint32Array(people * each);
  for (let at = 0; at < user.length; at++) {
    user[at] = Math.floor(at / each);
    const near = random() < 0.8;
    const any = Math.floor(random() * items);
    item[at] = near ? (any - any % 20 + user[at] % 20) % items : any;
  }
  const names = (n, letter) => Array.from({ length: n }, (_, i) => letter + i);
  const given = { users: names(people, 'u'), items: names(items, 'i'), user, item };
  const options = { dim: 64, sweeps: 6, seed: 1, neighbours: 20 };
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  /** Tasks of more than 50 ms, and the longest time between two frames, while something is done. */
  globalThis.watch = async (work) => {
    await rest(300);
    const tasks = [];
    const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries()));
    observer.observe({ type: 'longtask' });
    let longest = 0, frames = 0, last = performance.now(), going = true;
    const frame = (now) => {
      if (frames++ > 0) longest = Math.max(longest, now - last);
      last = now;
      if (going) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    const began = performance.now();
    const result = await work();
    const seconds = (performance.now() - began) / 1000;
    going = false;
    await rest(100);
    observer.disconnect();
    const durations = tasks.map(({ duration }) => duration);
    return { result, row: { tasks: tasks.length, task: Math.max(0, ...durations), frame: longest, seconds } };
  };
  const asked = async (model) => {
    const me = await model.createProfile((await model.ids()).slice(0, 200));
    for (let n = 0; n < 30; n++) {
      await me.add((await model.ids())[300 + n]);
      await me.recommend({ topK: 50, explain: true });
      await rest(0);
    }
    await model.dispose();
  };
  const rows = {};
  const counting = URL.createObjectURL(new Blob(['for (let n = 0; ; n++);']));
  rows['nothing, while a worker counts for five seconds'] = (await watch(async () => {
    const worker = new Worker(counting);
    await rest(5000);
    worker.terminate();
  })).row;
  const trained = await watch(() => trainInWorker(given, options));
  rows['training, in a worker'] = trained.row;
  const { bytes } = trained.result;
  rows['training, in the page'] = (await watch(() => trainModel(given, options))).row;
  rows['loading and 30 lists after an event each, in a worker'] =
    (await watch(async () => asked(await loadModelInWorker(bytes)))).row;
  rows['loading and 30 lists after an event each, in the page'] =
    (await watch(async () => asked(await loadModel(bytes)))).row;
  return rows;`;

/** @typedef {{ tasks: number, task: number, frame: number, seconds: number }} Row */
const server = await startServer();
const browser = await chromium.launch({ executablePath, args });
/** @type {Record<string, Row[]>} */
const all = {};
for (let n = 0; n < Number(values.repeats); n++) {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/test/blank.html`);
  const rows = /** @type {Record<string, Row>} */ (await page.evaluate(`(async () => {${inPage}})()`));
  for (const [name, row] of Object.entries(rows)) (all[name] ??= []).push(row);
  await page.close();
}
const version = browser.version();
await browser.close();
server.close();

const most = (/** @type {number[]} */ numbers) => Math.max(...numbers).toFixed(0);
publish(
  'worker',
  [
    `Chromium ${version}, headless; ${size.people * size.each} events of ${size.people} made people with ` +
      `${size.items} items, 64 numbers and 20 neighbours an item, 6 sweeps. The most of ` +
      `${values.repeats} runs, each in a fresh page. A long task is one of more than 50 ms, by ` +
      'the browser’s own count. Programs that wanted to run meanwhile, on average: ' +
      `${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores.`,
    '',
    markdownTable(
      ['what', 'long tasks of the page', 'longest, ms', 'longest between two frames, ms', 'seconds'],
      Object.entries(all).map(([name, rows]) => [
        name,
        most(rows.map(({ tasks }) => tasks)),
        most(rows.map(({ task }) => task)),
        most(rows.map(({ frame }) => frame)),
        Math.max(...rows.map(({ seconds }) => seconds)).toFixed(1),
      ]),
    ),
  ].join('\n'),
  values,
);
