// Owns the first inputs of the fuzz targets in JavaScript: a small model, profiles that were saved by it,
// slots that hold them, files of interactions and items. Must give what the library itself writes.
//
// Usage: node tests/fuzz/make-corpus.js. The inputs of the targets in C come from make_seeds.c (README.md).
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { keepProfile, memoryStore } from '../../dist/store.js';
import { trainModel } from '../../dist/train.js';
import { below, seededRandom } from '../../web/core/random.js';

const corpus = new URL('corpus/', import.meta.url);
const write = (/** @type {string} */ path, /** @type {Uint8Array | string} */ bytes) => {
  mkdirSync(new URL(`${path}/..`, corpus), { recursive: true });
  writeFileSync(new URL(path, corpus), bytes);
};
const random = seededRandom(5);

/** Forty items in four tastes, people with one or two of them. */
function interactions() {
  const pairs = [];
  for (let user = 0; user < 60; user++)
    for (let item = 0; item < 40; item++)
      if ((item % 4 === user % 4 && below(random, 2)) || below(random, 12) === 0) pairs.push([user, item]);
  return {
    users: Array.from({ length: 60 }, (_, n) => `u${n}`),
    items: Array.from({ length: 40 }, (_, n) => `item${n}`),
    user: pairs.map(([user]) => user),
    item: pairs.map(([, item]) => item),
  };
}

const names = new Map(
  Array.from({ length: 40 }, (_, n) => [`item${n}`, { title: `Title ${n}`, aspects: [`taste ${n % 4}`] }]),
);
const trained = await trainModel(interactions(), {
  dim: 4,
  sweeps: 4,
  items: names,
  neighbours: 3,
  minSupport: 1,
  clusters: 3,
});
write('profile-model.bin', trained.bytes);
const model = await loadModel(trained.bytes);

/** Profiles of every kind of event, with and without what was forgotten. */
function profiles() {
  const plain = model.createProfile(['item1', 'item5', 'item2', 'unknown']);
  const rated = model.createProfile();
  for (let n = 0; n < 12; n++) rated.rate(`item${n * 3}`, 1 + (n % 5), { at: 1.6e9 + n });
  const forgetful = model.createProfile(
    Array.from({ length: 24 }, (_, n) => ({ item: `item${n}`, weight: 2 })),
  );
  forgetful.forget({ keep: 3 });
  return [model.createProfile(), plain, rated, forgetful];
}

const all = profiles().map((profile) => profile.save());
all.forEach((bytes, n) => write(`profile/saved-${n}`, bytes));
const key = await crypto.subtle.importKey('raw', new Uint8Array(16).fill(7), 'AES-GCM', false, [
  'encrypt',
  'decrypt',
]);
const { inputOf } = await import('./store.js');
for (const [n, options] of [{}, { key }, {}].entries()) {
  const store = memoryStore();
  const kept = await keepProfile(model, store, options);
  for (let change = 0; change <= n; change++) {
    for (const item of ['item3', 'item7', 'item8']) kept.profile.add({ item, weight: change + 1 });
    if (n === 2) kept.profile.forget({ keep: 1 });
    await kept.flush();
  }
  await kept.close();
  write(`store/slots-${n}`, inputOf(...(await store.read()).slots));
}

/** Each with the way in which it is read (rows.js) before it. */
const texts = [
  [0, 'userId,movieId,rating,timestamp\n1,10,4.5,964982703\n1,11,3,964982703\n2,10,5,964982703\n'],
  [0, '196\t242\t3\t881250949\n186\t302\t3\t891717742\n196\t242\t1\t881250950\n'],
  [1, 'user;item;rating\n"a;b";"x ""y""\nz";1\nc;d;no number\n'],
  [1, '\uFEFFuser,item,date\r\nu1,i1,2001-02-03T04:05:06Z\r\n\r\nu2,i2,2001-02-03\r\n'],
  [2, 'u1 i1\nu2 i2\nu1 i3\n'],
  [3, '0 1 2 3\n1 2\n2 5 6 7 8\n'],
  [4, '1::1193::5::978300760\n1::661::3::978302109\n'],
  [0, '1,a,3\n1,b,x\n'],
  [5, 'movieId,title,genres\n1,Toy Story (1995),Adventure|Animation\n2,"American President, The",Comedy\n'],
  [5, '1::Toy Story (1995)::Animation|Comedy\n2::Jumanji (1995)::Adventure\n'],
  [5, `1|Toy Story (1995)|01-Jan-1995||http://x|${'0|'.repeat(18)}1\n`],
  [6, 'id,title,colour,shape\na,First,red,round\nb,Second,blue|green,flat\n'],
];
texts.forEach(([way, text], n) =>
  write(
    `rows/text-${String(n).padStart(2, '0')}`,
    Buffer.concat([Buffer.of(Number(way)), Buffer.from(String(text))]),
  ),
);
