// Owns the invented events of `npm run bench:size`, as CSV and as Parquet. Must not measure.
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { ParquetWriter } from 'hyparquet-writer';
import { fileWriter } from 'hyparquet-writer/src/node.js';
import { below, seededRandom } from '../../../web/core/random.js';

const tastes = 20;
const fewest = 20;
/** Beyond the fewest, events of a person on average: 156 as in MovieLens 25M. */
const more = 136.25;
/** Rows of a group, which is compressed as a whole. */
const groupRows = 1_000_000;

/** Items of a catalogue for so many events: 12,000 for a million, 60,000 for 25. */
export const itemsFor = (/** @type {number} */ events) => Math.round(10_000 + events / 500);

/**
 * One event: three of four are of the person's tastes; in a taste items are liked by Zipf's law.
 * @param {() => number} random
 * @param {{ own: number[], each: number, has: (item: number) => boolean }} person each: items of a taste
 * @param {number} k
 */
function draw(random, { own, each, has }, k) {
  for (let tries = 0; ; tries++) {
    const place = Math.floor(each ** random()) - 1;
    const item = place * tastes + (k % 4 < 3 && tries < 8 ? own[k % 4] : below(random, tastes));
    if (!has(item)) return item;
  }
}

/**
 * Writes invented people, each with three of twenty tastes and no item twice, as CSV.
 * @param {string} path
 * @param {number} events
 */
export async function writeEvents(path, events) {
  const items = itemsFor(events);
  const random = seededRandom(1);
  const lastOwner = new Int32Array(items).fill(-1);
  const out = createWriteStream(path);
  out.write('user,item,rating,time\n');
  for (let made = 0, u = 0; made < events; u++) {
    const own = [below(random, tastes), below(random, tastes), below(random, tastes)];
    const n = Math.min(events - made, Math.round(fewest - more * Math.log(1 - random())));
    const person = { own, each: items / tastes, has: (/** @type {number} */ j) => lastOwner[j] === u };
    let text = '';
    for (let k = 0; k < n; k++) {
      const item = draw(random, person, k);
      lastOwner[item] = u;
      text += `${u},${item},${1 + below(random, 5)},${1e9 + k}\n`;
    }
    made += n;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}

/** @type {[string, string, (text: string) => unknown][]} */
const columns = [
  ['user', 'STRING', String],
  ['item', 'STRING', String],
  ['rating', 'INT32', Number],
  ['time', 'INT64', BigInt],
];

/**
 * The same rows as Parquet.
 * @param {string} csv
 * @param {string} path
 */
export async function writeParquet(csv, path) {
  const types = /** @type {Record<string, object>} */ ({
    STRING: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    INT32: { type: 'INT32' },
    INT64: { type: 'INT64' },
  });
  const schema = columns.map(([name, type]) => ({ name, repetition_type: 'REQUIRED', ...types[type] }));
  const writer = new ParquetWriter(
    /** @type {any} */ ({
      writer: fileWriter(path),
      schema: [{ name: 'root', num_children: columns.length }, ...schema],
    }),
  );
  let values = columns.map(() => /** @type {any[]} */ ([]));
  const flush = async () => {
    const columnData = columns.map(([name], i) => ({ name, data: values[i] }));
    await writer.write({ columnData, rowGroupSize: groupRows });
    values = columns.map(() => []);
  };
  let isHeader = true;
  for await (const line of createInterface({ input: createReadStream(csv) })) {
    if (!isHeader) line.split(',').forEach((cell, i) => values[i].push(columns[i][2](cell)));
    isHeader = false;
    if (values[0].length === groupRows) await flush();
  }
  if (values[0].length > 0) await flush();
  await writer.finish();
}
