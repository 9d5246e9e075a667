// Owns the page of news: sections as tastes, and what a list in proportion does with the small ones. Must not
// fetch anything, nor use more than the public API.
import { loadModel } from '../../../dist/ampcf.js';
import { trainModel } from '../../../dist/train.js';
import { $ } from '../../page/elements.js';
import { madePeople } from '../made.js';
import { listen, showAll, start } from '../view.js';
import { bySection, headlines } from './data.js';

/** @param {[section: string, count: number][]} parts */
const some = (parts) => parts.flatMap(([section, count]) => (bySection.get(section) ?? []).slice(0, count));

/** @type {[string, string[]][]} */
const presets = [
  [
    'Sport, and a little science',
    some([
      ['Sport', 10],
      ['Science', 2],
    ]),
  ],
  [
    'Politics and food',
    some([
      ['Politics', 6],
      ['Food', 6],
    ]),
  ],
  ['One of each', some([...bySection.keys()].map((section) => [section, 1]))],
];

await start(async () => {
  const began = performance.now();
  const people = madePeople(bySection, { people: 500, events: 24, seed: 7 });
  const items = new Map(headlines.map(({ id, title, section }) => [id, { title, aspects: [section] }]));
  const settings = {
    dim: 16,
    alpha: 0.4,
    lambda: 0.006,
    userDamping: 0,
    itemDamping: 0,
    popularityDamping: 0,
  };
  // Another core trains: the page stays free.
  const { bytes } = await trainModel(people, { ...settings, items, cores: 2 });
  const model = await loadModel(bytes),
    me = model.createProfile(presets[0][1]);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);

  const render = () => {
    const shown = showAll(model, me, render);
    const distance = me.size > 0 ? me.tasteDistance(shown) : undefined;
    $('distance').textContent = distance?.toFixed(3) ?? 'nothing to compare with';
  };
  listen(presets, () => me, render);
  render();
  return `A model of ${bytes.length} bytes, trained from 500 invented readers in this page in ${seconds} s.`;
});
