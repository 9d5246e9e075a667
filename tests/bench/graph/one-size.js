// Owns one training of `npm run bench:graph-size` in a process of its own: what it takes, beside what is said
// before. Must not print anything but that.
//   node tests/bench/graph/one-size.js ITEMS EVENTS TRIPLES
import { trainModel, trainingMemory } from '../../../dist/train.js';
import { madeEvents, madeTriples } from './made.js';

const [items, events, triples] = process.argv.slice(2).map(Number);
const interactions = madeEvents(items, events);
const options = { minSupport: 1, ...(triples > 0 && { graph: madeTriples(items, triples) }) };
const said = await trainingMemory(interactions, options);
const before = process.memoryUsage().rss;
const { seconds, graph, bytes } = await trainModel(interactions, options);
const peak = process.resourceUsage().maxRSS * 1024;
process.stdout.write(
  JSON.stringify({
    said: said.bytes,
    saidOfGraph: said.graph,
    before,
    peak,
    seconds,
    bytes: bytes.length,
    trials: graph?.choice.trials ?? 0,
    kept: graph?.triples.triples ?? 0,
    entities: graph?.triples.entities ?? 0,
  }),
);
