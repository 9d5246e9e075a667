// Owns parts `films` and `games`: one held-out item among 99 sampled others, the protocol of the authors'
// notebook.
import { notebook, notebookSeconds } from './peers.js';
import { baselines, ours } from './settings.js';
import { baselineText, figure, kilobytes, markdownTable, settingsText, withError } from './text.js';

/** @import { Bench, Figures } from './measure.js' */
/** @import { DataSet } from './data.js' */

/** EASE inverts a matrix of items: of this many it takes minutes and gigabytes. */
const slowItems = 10_000;

/** @param {'films' | 'games'} name */
export const leaveOneOut = (name) => ({
  needs: name,
  /**
   * @param {Bench} bench
   * @param {DataSet} data
   */
  async run(bench, data) {
    const { candidates, history } = data,
      given = baselines[name],
      skipEase = !bench.slow && history.items.length > slowItems;
    const names = /** @type {const} */ (['als', 'ease', 'popularity']).filter(
      (baseline) => baseline !== 'ease' || !skipEase,
    );
    const wanted = names.map((baseline) =>
      bench.choose && baseline === 'als' ? baseline : { name: baseline, settings: given[baseline] ?? {} },
    );
    const own = await bench.measure(data, ours[name], {
        k: [10],
        ...(candidates && { candidates }),
        ...(bench.choose && { validation: data.test }),
        baselines: wanted,
      }),
      others = own.runs[0].baselines,
      [{ users, skipped }] = own.runs;
    const row = (
      /** @type {string} */ title,
      /** @type {Pick<Figures, 'metrics' | 'standardErrors'> | undefined} */ result,
      /** @type {string} */ source,
    ) => (result ? [[title, withError(result, 'hitrate@10'), withError(result, 'ndcg@10'), source]] : []);
    const rows = [
      ...row('**ours**', own, 'here'),
      ...row(`EASE, lambda ${given.ease?.lambda}`, others.ease, 'here'),
      ...row('als, one vector', others.als, 'here'),
      ...row('popularity', others.popularity, 'here'),
      ...notebook[name].map(({ name: model, hr, ndcg }) => [
        model,
        figure(hr),
        figure(ndcg),
        `authors' notebook, run on ${bench.on === 'test' ? 'these' : 'the test'} lists, best epoch on test`,
      ]),
    ];
    return `### One of a hundred, ${data.title}

${users} people; each one's held-out item among 99 that are not theirs. Of equal scores the item that more people have stands first, then the one whose id is first: an order
that does not know the held-out item. ${skipped.testItemsUnknown > 0 ? `${skipped.testItemsUnknown} held-out items are nobody's in the training: misses. ` : ''}Sampled negatives flatter and reorder models (Krichene & Rendle 2020): for comparison with the authors.

${markdownTable(['', 'HR@10', 'NDCG@10', 'source'], rows)}

Ours: mean over seeds; ± standard error over people. Training takes ${own.seconds.toFixed(1)} s (the notebook's: ${notebookSeconds} s, ${(notebookSeconds / own.seconds).toFixed(0)} times as long); the file has ${kilobytes(own.bytes)}.
${skipEase ? 'EASE is left out (`--slow` measures it). ' : ''}Settings: ours ${settingsText(ours[name])}; ${baselineText(others)}.`;
  },
});
