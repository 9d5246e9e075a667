// Owns the fuzz target `store`: two slots of any bytes are opened, and then the profile ranks and what is
// added to it is kept; or a later version or another key is told, and nothing is changed.
import { keepProfile, memoryStore } from '../../dist/store.js';
import { below } from '../../web/core/random.js';
import { joined, must, mustBe, mutateBytes, runAsProgram, used } from './harness.js';
import { model, mustRank } from './profile.js';
import { mutateProfile, repairSlot, slotHeader } from './saved-mutations.js';

const mostMs = 2000;
/** The key of the sealed slots of the corpus. It protects nothing. */
const key = await crypto.subtle.importKey('raw', new Uint8Array(16).fill(7), 'AES-GCM', false, [
  'encrypt',
  'decrypt',
]);

/**
 * An input is the length of slot 0 (u32), slot 0, slot 1. A length of 2^32 - 1 is a slot that is absent.
 * @param {Uint8Array} input
 * @returns {[Uint8Array | undefined, Uint8Array | undefined]}
 */
export function slotsOf(input) {
  if (input.length < 4) return [undefined, undefined];
  const length = new DataView(input.buffer, input.byteOffset).getUint32(0, true);
  if (length === 0xffffffff) return [undefined, input.slice(4)];
  return [input.slice(4, 4 + length), input.length > 4 + length ? input.slice(4 + length) : undefined];
}

/**
 * @param {Uint8Array | undefined} first
 * @param {Uint8Array | undefined} second
 */
export function inputOf(first, second) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(first ? first.length : 0xffffffff);
  return joined(length, first ?? new Uint8Array(0), second ?? new Uint8Array(0));
}

/**
 * @param {Uint8Array} slot
 * @param {() => number} random
 */
function mutateSlot(slot, random) {
  const how = below(random, 6);
  if (how === 0) return mutateBytes(slot, random);
  if (how === 1) return repairSlot(mutateBytes(slot, random));
  if (how === 2) {
    const out = Uint8Array.from(slot);
    out[8 + below(random, 40)] = below(random, 2) ? below(random, 4) : below(random, 256);
    return repairSlot(out);
  }
  const profile = mutateProfile(slot.slice(slotHeader), random);
  return repairSlot(joined(slot.subarray(0, slotHeader), profile));
}

/**
 * @param {Uint8Array} input
 * @param {() => number} random
 */
function mutate(input, random) {
  const slots = slotsOf(input);
  const which = below(random, 2);
  const slot = slots[which] ?? slots[1 - which];
  if (!slot || below(random, 40) === 0) return mutateBytes(input, random);
  slots[which] = below(random, 12) === 0 ? undefined : mutateSlot(slot, random);
  if (below(random, 12) === 0) slots.reverse();
  return inputOf(...slots);
}

/**
 * What is added after such slots is there when they are opened again, whenever a flush said true.
 * @param {import('../../web/store/memory-store.js').ProfileStore} store
 * @param {{ key?: CryptoKey }} options
 */
async function mustKeep(store, options) {
  const kept = await keepProfile(model, store, options);
  mustRank(kept.profile);
  kept.profile.add({ item: 'added', weight: 1, at: 1 });
  const told = await kept.flush();
  await kept.close();
  if (!told) return;
  const again = await keepProfile(model, store, options);
  must(
    again.profile.history.some(({ item }) => item === 'added'),
    'what was flushed is there',
  );
  mustRank(again.profile);
  await again.close();
  again.profile.dispose();
  kept.profile.dispose();
}

/** @param {Uint8Array} input */
async function run(input) {
  const before = used();
  for (const options of [{}, { key }])
    try {
      await mustKeep(memoryStore(slotsOf(input)), options);
    } catch (error) {
      mustBe(error, ['BAD_KEY']);
    }
  must(used() - before < mostMs, `less than ${mostMs} ms`);
}

/** @type {import('./harness.js').Target} */
export const target = { name: 'store', corpus: 'store', mutate, run };
await runAsProgram(target, import.meta.url);
