// Owns how many likes fit the 4 GiB of wasm memory, by what two small sizes would take. Must not train.
import { trainingMemory } from '../../../dist/train.js';

const items = 60_000;
const eventsOfPerson = 157;
const wasmBytes = 2 ** 32;

/**
 * Interactions of people with as many items each.
 * @param {number} people
 * @param {boolean} weighted
 */
function evenly(people, weighted) {
  const n = people * eventsOfPerson;
  return {
    users: Array.from({ length: people }, (_, u) => String(u)),
    items: Array.from({ length: items }, (_, j) => String(j)),
    user: Uint32Array.from({ length: n }, (_, x) => Math.floor(x / eventsOfPerson)),
    item: Uint32Array.from({ length: n }, (_, x) => x % items),
    weight: weighted ? new Float32Array(n).fill(1) : null,
  };
}

/**
 * Likes that fit at 64 numbers an item, where memory grows in proportion: more people than items.
 * @param {number} neighbours
 * @param {boolean} weighted
 */
async function mostLikes(neighbours, weighted) {
  const settings = {
    minSupport: 1,
    neighbours,
    ...(neighbours > 0 && { neighbourMethod: /** @type {const} */ ('local') }),
  };
  const sizes = [70_000, 80_000];
  const needs = [];
  for (const people of sizes) needs.push(await trainingMemory(evenly(people, weighted), settings));
  const fits = (/** @type {'vectors' | 'neighbours'} */ part) => {
    const each = (needs[1][part] - needs[0][part]) / (sizes[1] - sizes[0]);
    const people = sizes[0] + (wasmBytes - needs[0][part]) / each;
    return people * eventsOfPerson;
  };
  return Math.min(fits('vectors'), neighbours > 0 ? fits('neighbours') : Infinity);
}

/** In words. */
export async function limitText() {
  const millions = async (/** @type {number} */ neighbours, /** @type {boolean} */ weighted) =>
    Math.floor((await mostLikes(neighbours, weighted)) / 1e6);
  return [
    `The end is the 4 GiB of wasm memory: with ${items.toLocaleString('en')} items at 64 numbers each about`,
    `${await millions(0, false)} million likes, ${await millions(0, true)} million with weights; with 50`,
    `neighbours (local) ${await millions(50, false)} and ${await millions(50, true)} million. What does not`,
    'fit is refused before any work, with what it would take.',
  ].join(' ');
}
