// Owns what every environment does with the package: load, rank, explain, measure taste, an entry beside.
// Must give one line that is the same everywhere.
import { AmpcfError, loadModel, version } from 'ampcf';
import { confidence } from 'ampcf/confidence';
import { loadModel as rankOnly } from 'ampcf/rank';
import { tasteDistance } from 'ampcf/taste';

/** @param {string | Uint8Array} source of a model with items a, b, c */
export async function check(source) {
  const model = await loadModel(source, { plugins: [confidence] });
  const me = model.createProfile(['a']);
  const [best] = me.recommend({ topK: 1, explain: true, confidence: true }).items;
  const parts = best.explanation.contributions.map(({ item }) => item);
  const small = (await rankOnly(source)).createProfile(['a']).recommend({ topK: 1 }).items[0].item;
  const refused = await loadModel(new Uint8Array(3)).catch((error) => error instanceof AmpcfError);
  const distance = await tasteDistance([1, 0], [0, 1]);
  const score = best.score.toFixed(4);
  return [version, best.item, small, score, parts, distance, me.tasteDistance(['b']), refused].join(' ');
}
