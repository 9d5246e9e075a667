// Owns what of the demo page comes after the first lists. Must not be needed for them.
import { prepareChange } from './change.js';
import { fillWith } from './explanation.js';
import { prepareMap } from './map.js';
import { prepareOwn } from './own.js';
import { pause } from './pause.js';
import { fillReasons, prepareReasons } from './reasons.js';
import { prepareSearch } from './search.js';
import { prepareTrying } from './trying.js';

/**
 * The rest of the page, from what stands on each film to what takes longest.
 * @param {import('./keep.js').Keep} keep
 * @param {boolean} isMine whether the model was trained in this page
 */
export async function prepareRest(keep, isMine) {
  const asked = new URLSearchParams(location.search);
  const isDemo = !isMine && !asked.has('model');
  await prepareReasons(isDemo ? '../../dist/demo/films.evidence' : asked.get('evidence'));
  fillWith(fillReasons);
  prepareTrying();
  prepareChange();
  await prepareSearch(pause);
  await prepareOwn(keep, isMine);
  await prepareMap(pause);
}
