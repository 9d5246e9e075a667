// Owns the page of a shop: lists from the words of things alone, with no purchase of anybody, and a new thing
// that is found at once. Must not fetch anything, nor use more than the public API.
import { loadModel } from '../../../dist/ampcf.js';
import { modelFromVectors } from '../../../dist/train.js';
import { embed } from '../../embeddings/embed.js';
import { $ } from '../../page/elements.js';
import { listen, showAll, start } from '../view.js';
import { newThing, things } from './data.js';

/** @typedef {import('./data.js').Thing} Thing */

const dim = 96;
/** The first thing of each kind that has a word. @param {(thing: Thing) => boolean} has */
const oneOfEachKind = (has) =>
  [...new Set(things.map(({ kind }) => kind))]
    .flatMap((kind) => things.find((thing) => thing.kind === kind && has(thing)) ?? [])
    .map(({ id }) => id);
const some = (/** @type {string} */ kind, /** @type {number} */ count) =>
  things
    .filter((thing) => thing.kind === kind)
    .slice(0, count)
    .map(({ id }) => id);

/** @type {[string, string[]][]} */
const presets = [
  ['Brass, whatever it is', oneOfEachKind(({ material }) => material === 'brass').slice(0, 4)],
  ['Chairs and blankets', [...some('Chair', 3), ...some('Blanket', 3)]],
  [
    'For the garden, and a clock',
    [...oneOfEachKind(({ manner }) => manner === 'garden'), ...some('Clock', 1)],
  ],
];

const wordsOf = (/** @type {Thing} */ { kind, material, manner }) =>
  [`kind:${kind}`, `material:${material}`, `manner:${manner}`].filter((word) => !word.endsWith(':'));

/**
 * A model of all things from their words: milliseconds, so a new thing is just another model.
 * @param {Thing[]} all
 */
async function modelOf(all) {
  const { bytes } = await modelFromVectors({
    ids: all.map(({ id }) => id),
    vectors: embed(all.map(wordsOf), dim),
    dim,
    items: new Map(
      all.map(({ id, title, kind, material }) => [id, { title, aspects: [kind, material].filter(Boolean) }]),
    ),
    name: 'words of made things',
  });
  return loadModel(bytes);
}

const all = [...things];
/** @type {import('ampcf').Model} */ let model;
/** @type {import('ampcf').Profile} */ let me;

const render = () => showAll(model, me, render);
const say = (/** @type {string} */ text) => ($('said').textContent = text);

/** @param {string} title */
async function addThing(title) {
  const thing = newThing(title);
  if (!thing.id || model.has(thing.id)) return say('That is there already, or has no name.');
  if (wordsOf(thing).length === 0) return say('Nothing of it is known: name a kind, a material or a manner.');
  all.push(thing);
  const history = me.history.map(({ item }) => item),
    before = model;
  model = await modelOf(all);
  me = model.createProfile(history);
  before.dispose();
  render();
  const ranked = me.recommend({ topK: all.length }).items.map(({ item }) => item);
  const place = ranked.indexOf(thing.id) + 1;
  const others = all.length - history.length;
  say(`“${title}” is new: nobody has bought it, and it has place ${place} of ${others} for you.`);
}

await start(async () => {
  model = await modelOf(all);
  me = model.createProfile(presets[0][1]);
  $('new').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    const title = $('name').value.trim();
    $('name').value = '';
    if (title) addThing(title);
  });
  listen(presets, () => me, render);
  render();
  return `${things.length} things, ${dim} numbers each from their words, no purchase of anybody.`;
});
