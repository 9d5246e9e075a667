// Owns one training of `npm run bench:graph-size` in a process of its own: what it takes, beside what is said
// before. Must not print anything but that.
//   node tests/bench/graph/one-size.js ITEMS EVENTS TRIPLES DIM
import { trainModel, trainingMemory } from '../../../dist/train.js';
import { madeEvents, madeTriples } from './made.js';

const [items, events, triples, dim] = process.argv.slice(2).map(Number);
const interactions = madeEvents(items, events);
const graph = triples > 0 ? { graph: madeTriples(items, triples) } : {};
const options = { minSupport: 1, dim, sweeps: 2, ...graph };
const said = await trainingMemory(interactions, options);
const before = process.memoryUsage().rss;
const used = process.cpuUsage();
const trained = await trainModel(interactions, options);
const { user, system } = process.cpuUsage(used);
const figures = {
  saidOfGraph: said.graph,
  taken: process.resourceUsage().maxRSS * 1024 - before,
  seconds: trained.seconds,
  processor: (user + system) / 1e6,
  trials: trained.graph?.choice.trials ?? 0,
  kept: trained.graph?.triples.triples ?? 0,
  entities: trained.graph?.triples.entities ?? 0,
};
process.stdout.write(JSON.stringify(figures));
