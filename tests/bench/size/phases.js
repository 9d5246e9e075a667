// Owns one training of `npm run bench:size` in a process of its own: what each phase takes, as `ampcf train`
// goes through them. Must not print anything but that.
//   node tests/bench/size/phases.js FILE MODEL SWEEPS       SWEEPS 0: reading alone
import { writeFileSync } from 'node:fs';
import { settingsFromData } from '../../../dist/evaluate.js';
import { trainModel, trainingMemory } from '../../../dist/train.js';
import { chooseRows, likeRule } from '../../../web/cli/read-interactions.js';
import { inOneOrder } from '../../../web/read/one-order.js';
import { readRatings } from '../../../web/read/read-ratings.js';

/** @typedef {{ name: string, seconds: number, processor: number, peak: number }} Phase peak: bytes so far */

const [file, model, sweeps] = process.argv.slice(2);
/** @type {Phase[]} */
const phases = [];
let began = performance.now();
let used = process.cpuUsage();

/**
 * Ends a phase.
 * @param {string} name
 */
function end(name) {
  const { user, system } = process.cpuUsage(used);
  phases.push({
    name,
    seconds: (performance.now() - began) / 1000,
    processor: (user + system) / 1e6,
    peak: process.resourceUsage().maxRSS * 1024,
  });
  began = performance.now();
  used = process.cpuUsage();
  process.stderr.write(`${JSON.stringify(phases.at(-1))}\n`);
}

/** Every row is a like, so that as many are trained on as are read. */
async function read() {
  const rows = await readRatings(file, {});
  end('read');
  const ratings = inOneOrder(rows);
  const chosen = chooseRows(ratings, likeRule(ratings, { 'min-rating': '1' }));
  end('order');
  return chosen;
}

/** @param {Awaited<ReturnType<typeof read>>} interactions */
async function train(interactions) {
  const given = { sweeps: Number(sweeps) };
  const { settings } = await settingsFromData(interactions, given);
  end('settings');
  const { bytes: wasm } = await trainingMemory(interactions, { ...given, ...settings });
  end('memory');
  let phase = 'vectors';
  const {
    bytes,
    interactions: events,
    ...trained
  } = await trainModel(interactions, {
    ...given,
    ...settings,
    onProgress: (progress) => {
      if (progress.phase !== phase) end('vectors');
      ({ phase } = progress);
    },
  });
  end(phase);
  writeFileSync(model, bytes);
  end('write');
  return { wasm, events, bytes: bytes.length, settings, people: trained.users, items: trained.items };
}

const interactions = await read();
const trained = sweeps === '0' ? {} : await train(interactions);
process.stdout.write(JSON.stringify({ phases, rows: interactions.user.length, ...trained }));
