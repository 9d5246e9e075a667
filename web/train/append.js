// Owns adding items that nobody has used to a model file: model file and items -> model file. Must leave
// what is said of the others as it is.
import { AMPCF_MAX_ITEMS } from '../core/abi.js';
import { badArgument } from '../core/arguments.js';
import { AmpcfError } from '../core/errors.js';
import { optionsArgument } from '../core/options.js';
import { wholeNumbersOf } from '../core/sections.js';
import { triplesArgument } from '../graph/triples.js';
import { appendAspects, appendClusters, appendNeighbours } from './edit-append.js';
import { appendRows, appendTexts, appendVectors } from './edit-append.js';
import { openToEdit } from './edit-file.js';
import { appendedOf, ridgeOf, setAppended, setIdOrder, setRidge } from './edit-items.js';
import { checkedIds, checkedVectors } from './given-input.js';
import { growGraph, putGraph } from './edit-graph.js';
import { placeByGraph } from './graph-append.js';
import { itemFeatures } from './item-features.js';
import { checkOptions } from './options.js';
import { predictItems } from './predicted-items.js';

/** @import { EditedFile } from './edit-file.js' */
/** @import { EmbeddingRows, Embeddings, ItemFacts } from './item-features.js' */
/** @import { GraphAppended } from './graph-append.js' */
/** @import { PredictedItems } from './predicted-items.js' */
/**
 * @typedef {object} AppendOptions
 * @property {Map<string, { title?: string, aspects?: string[] }>} [items] titles and aspects by item id;
 *   those that the model has are left as they are there
 * @property {Embeddings} [embeddings] of texts, images or anything else: numbers of the new items and of
 *   those that the model has, from which the vectors follow, beside aspects and words of titles
 * @property {Embeddings} [vectors] of new items, as the model has them: they are taken as they are
 * @property {import('../graph/triples.js').Triples} [graph] relations of the new items to those that the
 *   model has, from which the vectors follow, beside all else; what it has of a graph stays
 * @property {AbortSignal} [signal]
 */
/**
 * @typedef {object} AppendedItems
 * @property {Uint8Array<ArrayBuffer>} bytes of the model file; those that were given where nothing is new
 * @property {string[]} appended ids, in the order of the file
 * @property {number} present items of `items` and `vectors` that the model has
 * @property {number} items of the model
 * @property {string[]} plain ids of which nothing is known that trained items have too: they got the mean
 * @property {number | null} strength of the ridge, in trained items of mean weight; null: nothing was
 *   guessed
 * @property {number | null} explained what aspects, titles and embeddings say of the vectors of trained
 *   items that are left out, as a part of their variance; 0 or less: nothing
 * @property {GraphAppended} [graph] what relations say
 * @property {boolean} weighted whether trained items counted by how many people they have
 */

const leastNormal = 2 ** -126;
const mostNumber = 2 ** 20;

/**
 * How many people each trained item has, which the bias tells where the trainer made it of them.
 * @param {EditedFile} file
 * @param {Float32Array} bias of trained items
 * @returns {Float64Array | undefined}
 */
export function peopleOf(file, bias) {
  const { users, settings } = file.metadata();
  const share = settings?.bias;
  if (!(share > 0 && users > 0)) return undefined;
  const people = Float64Array.from(bias, (b) => (b / share) * users);
  // Single precision keeps a whole number of people to a part in ten million.
  const whole = people.every((x) => Math.abs(x - Math.round(x)) < 0.01 + 1e-6 * x && x > -1 && x < users + 1);
  return whole && people.some((x) => x >= 1) ? people.map(Math.round) : undefined;
}

/**
 * Embeddings or vectors by id.
 * @param {string} name
 * @param {Embeddings | undefined} given
 * @returns {EmbeddingRows | undefined}
 */
function rowsOf(name, given) {
  if (given === undefined) return undefined;
  const { ids, vectors, dim } = optionsArgument(given, 'ids vectors dim', name);
  const checked = checkedVectors({ ids, vectors, dim });
  return {
    dim: checked.dim,
    of: new Map(checked.ids.map((id, j) => [id, checked.vectors.subarray(j * dim, (j + 1) * dim)])),
  };
}

/**
 * What is known of the trained items in the file.
 * @param {EditedFile} file
 * @param {readonly string[]} ids
 * @returns {(id: string) => ItemFacts}
 */
function factsOf(file, ids) {
  const titles = file.texts('title offsets', 'titles');
  const names = file.texts('aspect offsets', 'aspect names');
  const offsets = file.find('item aspects') ? file.offsets('item aspect offsets') : undefined;
  const flat = file.find('item aspects') ? wholeNumbersOf(file.get('item aspects')) : undefined;
  const index = new Map(ids.map((id, j) => [id, j]));
  return (id) => {
    const j = Number(index.get(id));
    const own = offsets && flat ? flat.subarray(offsets[j], offsets[j + 1]) : [];
    const aspects = Array.from(own, (a) => names[a]);
    return { title: titles[j], aspects };
  };
}

/**
 * What is asked, checked, and which items are new: those of `items`, and those that have vectors alone.
 * @param {AppendOptions} options
 * @param {readonly string[]} there
 */
function newItems(options, there) {
  optionsArgument(options, 'items embeddings vectors graph signal');
  const { items, embeddings, vectors, graph, signal } = options;
  checkOptions({ items, signal });
  signal?.throwIfAborted();
  if (items === undefined && vectors === undefined)
    throw badArgument('items and vectors', undefined, 'one of them: which items are new?');
  const given = rowsOf('vectors', vectors);
  const known = new Set(there);
  const named = [...new Set([...(items?.keys() ?? []), ...(given?.of.keys() ?? [])].map(String))];
  const ids = named.filter((id) => !known.has(id)).sort(); // whatever the order of rows
  if (ids.length > 0) checkedIds(ids);
  if (there.length + ids.length > AMPCF_MAX_ITEMS)
    throw new AmpcfError(
      'LIMIT',
      `items: got ${there.length + ids.length} in all, wanted at most ${AMPCF_MAX_ITEMS}`,
    );
  const facts = new Map(Array.from(items ?? [], ([id, own]) => [String(id), own]));
  return {
    ids,
    present: named.length - ids.length,
    facts: (/** @type {string} */ id) => facts.get(id),
    given,
    embeddings: rowsOf('embeddings', embeddings),
    triples: graph === undefined ? undefined : triplesArgument(graph),
  };
}

/**
 * Guesses by the items that were trained: those that came by another append are guesses themselves.
 * @param {EditedFile} file
 * @param {readonly string[]} there
 * @param {ReturnType<typeof newItems>} fresh
 * @returns {PredictedItems & { known: Uint32Array, people: Float64Array | undefined, weighted: boolean }}
 */
function guesses(file, there, { ids, facts, embeddings }) {
  const n = file.items - appendedOf(file);
  const { dim } = file;
  const trained = there.slice(0, n);
  const bias = /** @type {Float32Array} */ (file.floats('item bias')).subarray(0, n);
  const people = peopleOf(file, bias);
  const features = itemFeatures({ ids: trained, facts: factsOf(file, trained) }, { ids, facts }, embeddings);
  const vectors = file.vectors().subarray(0, n * dim);
  return {
    ...predictItems({ vectors, bias, dim, people }, features),
    known: features.known,
    people,
    weighted: people !== undefined,
  };
}

/**
 * What the file can hold.
 * @param {number} x
 */
const storable = (x) => (Math.abs(x) < leastNormal ? 0 : Math.max(-mostNumber, Math.min(mostNumber, x)));

/**
 * Vectors that were given in place of the guesses.
 * @param {Float32Array} vectors
 * @param {readonly string[]} ids
 * @param {EmbeddingRows | undefined} given
 * @param {number} dim
 */
function takeGiven(vectors, ids, given, dim) {
  if (given && given.dim !== dim)
    throw badArgument('vectors.dim', given.dim, `${dim}, as the vectors of the model have`);
  ids.forEach((id, i) => {
    const row = given?.of.get(id);
    if (row) vectors.set(row, i * dim);
  });
  return vectors.map(storable);
}

/**
 * An event with a new item counts and wants as much as one with the least popular of the trained items.
 * @param {EditedFile} file
 * @param {string} name
 * @param {number} more
 */
function appendLike(file, name, more) {
  const numbers = file.floats(name);
  if (!numbers) return;
  appendRows(file, name, new Float32Array(more).fill(numbers[file.items - appendedOf(file) - 1]));
}

/**
 * @param {EditedFile} file
 * @param {ReturnType<typeof newItems>} fresh
 * @param {{ vectors: Float32Array, bias: Float32Array }} numbers
 */
function putItems(file, { ids, facts }, { vectors, bias }) {
  const ridge = ridgeOf(file);
  const appended = appendedOf(file) + ids.length;
  const old = file.vectors();
  appendVectors(file, vectors);
  appendRows(file, 'item bias', bias);
  for (const name of ['item weights', 'item targets']) appendLike(file, name, ids.length);
  appendClusters(file, old, vectors);
  appendNeighbours(file, ids.length);
  growGraph(file, ids.length);
  const own = ids.map(facts);
  appendTexts(
    file,
    ids,
    own.map((of) => of?.title ?? ''),
  );
  appendAspects(
    file,
    own.map((of) => of?.aspects ?? []),
  );
  file.items += ids.length;
  setIdOrder(file);
  setAppended(file, appended);
  setRidge(file, ridge);
}

/**
 * A model file with items that nobody has used yet, at its end. Their vectors come by ridge regression from
 * the aspects, titles and embeddings of the trained items, each of which counts by the root of how many
 * people it has; how strong the ridge is, and whether titles say anything, is chosen by leaving items
 * out. Their bias is a guess of popularity in the same way. What the file says of the other items stays
 * to the bit, and so does the lineage: saved profiles go on, with what is left of forgotten events. The
 * metadata count the items that were appended, by which another append knows them.
 * @param {Uint8Array} bytes of a model file
 * @param {AppendOptions} options
 * @returns {Promise<AppendedItems>} same arguments, same bytes
 * @throws {AmpcfError} what loading the file throws; BAD_ARGUMENT; BAD_IDS: an id stands twice; LIMIT
 */
export async function appendItems(bytes, options) {
  const file = await openToEdit(bytes);
  const there = file.texts('id offsets', 'ids');
  const fresh = newItems(options, there);
  const { ids, present, given } = fresh;
  if (given && given.dim !== file.dim) takeGiven(new Float32Array(0), [], given, file.dim);
  if (ids.length === 0) return nothingNew(file, present);
  const guessed = guesses(file, there, fresh);
  const isGiven = (/** @type {string} */ id) => given?.of.has(id) === true;
  const { triples } = fresh;
  const placed = triples && placeByGraph(file, { there, ids, triples }, guessed, isGiven);
  const vectors = takeGiven(placed?.vectors ?? guessed.vectors, ids, given, file.dim);
  putItems(file, fresh, { vectors, bias: guessed.bias.map(storable) });
  if (placed) putGraph(file, placed.graph);
  const all = ids.every(isGiven);
  return {
    bytes: file.bytes(),
    appended: ids,
    present,
    items: file.items,
    plain: ids.filter((id, i) => guessed.known[i] === 0 && !isGiven(id) && !placed?.reached[i]),
    ...(placed && { graph: placed.report }),
    strength: all ? null : guessed.strength,
    explained: all ? null : guessed.explained,
    weighted: guessed.weighted,
  };
}

/**
 * @param {EditedFile} file
 * @param {number} present
 * @returns {AppendedItems}
 */
const nothingNew = (file, present) => ({
  bytes: file.bytes(),
  appended: [],
  present,
  items: file.items,
  plain: [],
  strength: null,
  explained: null,
  weighted: false,
});
