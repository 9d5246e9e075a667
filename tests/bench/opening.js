// Owns `npm run bench:opening`: how long a model file of many items takes to open, and how much memory it has
// then. Must not rank more than one list.
//
//     npm run bench:opening -- --sizes 100000,1000000,10000000 --write
//
// Ten million items want 14 GB of this machine's memory, nearly all for making the file.
import { loadModel } from '../../dist/rank.js';
import { modelFromVectors } from '../../dist/train.js';
import { seededRandom } from '../../web/core/random.js';
import { markdownTable } from './accuracy/text.js';
import { benchArguments, publish } from './results.js';

const { sizes, write } = benchArguments({ sizes: { type: 'string', default: '100000,1000000' } });
const dim = 64;
const many = (/** @type {number} */ n) => n.toLocaleString('en-US');
const rows = [];
for (const n of String(sizes).split(',').map(Number)) {
  const random = seededRandom(1);
  const ids = Array.from({ length: n }, (_, j) => String(j));
  const vectors = Float32Array.from({ length: n * dim }, () => (random() - 0.5) / 4);
  for (const vectorType of /** @type {const} */ (['int8', 'f16'])) {
    if (n > 4e6 && vectorType === 'f16') continue; // more than wasm addresses
    process.stderr.write(`${many(n)} items, ${vectorType}\n`);
    const { bytes } = await modelFromVectors({ ids, vectors, dim, vectorType, bias: 0, clusters: 0 });
    const began = performance.now();
    const model = await loadModel(bytes, { maxBytes: bytes.length });
    const opened = performance.now() - began;
    const me = model.createProfile([ids[0], ids[n >> 1]]);
    const asked = performance.now();
    me.recommend({ topK: 10 });
    const { memoryBytes } = model.diagnostics();
    rows.push([
      many(n),
      vectorType,
      (bytes.length / 1e6).toFixed(1),
      (memoryBytes / 1e6).toFixed(1),
      (memoryBytes / n).toFixed(1),
      opened.toFixed(0),
      (performance.now() - asked).toFixed(1),
    ]);
    model.dispose();
  }
}
const head = ['items', 'vectors', 'file, MB', 'memory, MB', 'bytes an item', 'opening, ms', 'first list, ms'];
const text = `Made vectors of ${dim} numbers, ids of up to eight digits; memory is all that the library has
of WebAssembly once the file is open and one list was made. \`npm run bench:opening\`, no other load.`;
publish('opening', [text, markdownTable(head, rows)].join('\n\n'), { write });
