// Owns parts `films` and `games`: one held-out item among 99 sampled others, the protocol of the authors'
// notebook.
import { notebook } from './peers.js';
import { baselines, ours } from './settings.js';
import { baselineText, figure, kilobytes, markdownTable, settingsText, withError } from './text.js';

/** @import { Bench, Figures, Measured } from './measure.js' */
/** @import { DataSet } from './data.js' */

/** EASE inverts a matrix of items: of this many it takes minutes and gigabytes. */
const slowItems = 10_000;

/** @typedef {'films' | 'games'} Name */

/**
 * @param {Bench} bench
 * @param {DataSet} data
 */
const skipsEase = (bench, { history }) => !bench.slow && history.items.length > slowItems;

/**
 * @param {Name} name
 * @param {Bench} bench
 * @param {DataSet} data
 */
async function measured(name, bench, data) {
  const { candidates } = data;
  const given = baselines[name];
  const names = /** @type {const} */ (['als', 'ease', 'popularity']).filter(
    (baseline) => baseline !== 'ease' || !skipsEase(bench, data),
  );
  return bench.measure(data, ours[name], {
    k: [10],
    ...(candidates && { candidates }),
    ...(bench.choose && { validation: data.test }),
    baselines: names.map((baseline) =>
      bench.choose && baseline === 'als' ? baseline : { name: baseline, settings: given[baseline] ?? {} },
    ),
  });
}

/**
 * @param {Name} name
 * @param {Bench} bench
 * @param {Measured} own
 */
function rowsOf(name, bench, own) {
  const others = own.runs[0].baselines;
  const row = (
    /** @type {string} */ title,
    /** @type {Pick<Figures, 'metrics' | 'standardErrors'> | undefined} */ result,
  ) => (result ? [[title, withError(result, 'hitrate@10'), withError(result, 'ndcg@10'), 'here']] : []);
  return [
    ...row('**ours**', own),
    ...row(`EASE, lambda ${baselines[name].ease?.lambda}`, others.ease),
    ...row('als, one vector', others.als),
    ...row('popularity', others.popularity),
    ...notebook[name].map(({ name: model, hr, ndcg }) => [
      model,
      figure(hr),
      figure(ndcg),
      `authors' notebook, run on ${bench.on === 'test' ? 'these' : 'the test'} lists, best epoch on test`,
    ]),
  ];
}

/** @param {Name} name */
export const leaveOneOut = (name) => ({
  needs: name,
  /**
   * @param {Bench} bench
   * @param {DataSet} data
   */
  async run(bench, data) {
    const own = await measured(name, bench, data);
    const [{ users, skipped, baselines: others }] = own.runs;
    const unknown = skipped.testItemsUnknown;
    return [
      `### One of a hundred, ${data.title}`,
      '',
      `${users} people; each one's held-out item among 99 that are not theirs. Of equal scores the item ` +
        'that more people have stands first, then the one whose id is first: an order',
      'that does not know the held-out item. ' +
        (unknown > 0 ? `${unknown} held-out items are nobody's in the training: misses. ` : '') +
        'Sampled negatives flatter and reorder models (Krichene & Rendle 2020): for comparison with the ' +
        'authors.',
      '',
      markdownTable(['', 'HR@10', 'NDCG@10', 'source'], rowsOf(name, bench, own)),
      '',
      `Ours: mean over seeds; ± standard error over people. The file has ${kilobytes(own.bytes)}.`,
      (skipsEase(bench, data) ? 'EASE is left out (`--slow` measures it). ' : '') +
        `Settings: ours ${settingsText(ours[name])}; ${baselineText(others)}.`,
    ].join('\n');
  },
});
