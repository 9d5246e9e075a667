// Owns the fuzz target `profile`: a saved profile is restored, ranks, and is saved and restored again; or
// it is refused with BAD_PROFILE or UNSUPPORTED_VERSION, in little time and memory either way.
import { readFileSync } from 'node:fs';
import { loadModel } from '../../dist/ampcf.js';
import { must, mustBe, runAsProgram, used } from './harness.js';
import { mutateProfile } from './saved-mutations.js';

/** @import { Model } from '../../web/model/model.js' */
/** @import { Profile } from '../../web/model/profile.js' */

/** Of one input of at most 256 kB, however slow the machine is. */
const mostMs = 2000;
const mostBytes = 1 << 26;

const file = readFileSync(new URL('corpus/profile-model.bin', import.meta.url));
export const model = await loadModel(file);

/** @param {Profile} me */
export function mustRank(me) {
  const { items } = me.recommend({ topK: 5 });
  must(
    items.every(({ score }) => Number.isFinite(score)),
    'every score is finite',
  );
  if (items.length > 0) {
    const why = me.explain(items[0].item);
    must(Object.is(why.score, items[0].score), 'an item explained has its score');
  }
  must(
    me.personas().every(({ share }) => share >= 0 && share <= 1),
    'every share is a part',
  );
  return items.map(({ item, score }) => `${item} ${score}`).join();
}

/**
 * A profile that was accepted ranks, and is accepted again as it saves itself.
 * @param {Model} of
 * @param {Profile} me
 */
export function mustHold(of, me) {
  const list = mustRank(me);
  const again = of.restoreProfile(me.save());
  must(again.size === me.size && mustRank(again) === list, 'saved and restored it gives the same list');
  again.forget({ keep: Math.floor(again.size / 2) });
  mustRank(again);
  of.restoreProfile(again.save()).dispose();
  again.dispose();
}

/** @param {Uint8Array} input */
function run(input) {
  const before = used();
  const heap = process.memoryUsage().arrayBuffers;
  try {
    const me = model.restoreProfile(input);
    mustHold(model, me);
    me.dispose();
  } catch (error) {
    mustBe(error, ['BAD_PROFILE', 'UNSUPPORTED_VERSION']);
  }
  must(used() - before < mostMs, `less than ${mostMs} ms`);
  must(process.memoryUsage().arrayBuffers - heap < mostBytes, `less than ${mostBytes} bytes`);
}

/** @type {import('./harness.js').Target} */
export const target = { name: 'profile', corpus: 'profile', mutate: mutateProfile, run };
await runAsProgram(target, import.meta.url);
