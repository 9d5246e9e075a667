// Owns the types as a strict project sees them: what must be accepted, and mistakes that must be refused. Must
// not be run; package.test.js checks it in a folder where the package is installed.
import { AmpcfError, Model, Profile, loadModel, version } from 'ampcf';
import { trainDefaults, trainModel } from 'ampcf/train';
import {
  type Evaluation,
  type PersonaQuality,
  diagnose,
  evaluateModel,
  membershipAttack,
  metrics,
  pairedBootstrap,
} from 'ampcf/evaluate';
import { type Turn, conversation } from 'ampcf/ask';
import { type Sentence, explainInWords } from 'ampcf/sentences';
import { useModel, useProfile, useRecommendations } from 'ampcf/react';
import { RecommendationsElement, defineElement } from 'ampcf/element';
import { type Now, type Side, now, session } from 'ampcf/now';

/** As a component of React does it. */
export function list(): string[] {
  const { model, error } = useModel('/films.ampcf', { maxBytes: 1e6 });
  const me: Profile | null = useProfile(model, ['a'], { personas: 2 });
  // @ts-expect-error topK is a number
  useRecommendations(me, { topK: '5' });
  // @ts-expect-error a model may not be there yet
  model.ids();
  return [error?.message ?? '', ...useRecommendations(me, { topK: 5 }).items.map(({ title }) => title)];
}

export function element(place: RecommendationsElement): number {
  defineElement('my-list');
  place.sentences = null;
  // @ts-expect-error a number is no profile
  place.profile = 5;
  return place.ranking?.items.length ?? 0;
}

export async function demo(url: string): Promise<string[]> {
  const model: Model = await loadModel(url, {
    integrity: 'sha256-x',
    maxBytes: 1e6,
    backend: 'scalar',
    onProgress: ({ loaded, total }) => void (loaded + (total ?? 0)),
  });
  const me: Profile = model.createProfile([{ item: 'a', weight: 1, at: null }, 'b', 3], { personas: 2 });
  const { items, unknown } = me.rank(new Set(['a', 'b']), { topK: 2, explain: true });
  const score: number | null = items[0].score;
  const why: number | undefined = items[0].explanation?.contributions[0].contribution;
  const all: number = me.explain('a').attention.length;
  const saved: Uint8Array = me.save();
  const distance: number | null = model.restoreProfile(saved).tasteDistance(['a']);
  const more = me.recommend({
    topK: 5,
    exclude: ['a'],
    excludeSeen: false,
    filter: (id) => id.startsWith('x'),
  });
  try {
    await loadModel(new Uint8Array(4));
  } catch (error) {
    if (error instanceof AmpcfError) return [error.code, String(error.details.limit)];
  }
  const { bytes } = await trainModel(
    { users: ['u'], items: ['a'], user: [0], item: Uint32Array.of(0) },
    { ...trainDefaults, dim: 4, items: new Map([['a', { title: 'A', aspects: ['x'] }]]) },
  );
  const taken = { users: ['u'], items: ['a', 'b'], user: [0], item: [0] };
  const evaluation: Evaluation = await evaluateModel(model, {
    history: taken,
    test: { ...taken, item: [1] },
    candidates: new Map([['u', ['a', 'b']]]),
    k: [1],
    baselines: ['ease', { name: 'itemknn', settings: { neighbours: 3 } }],
  });
  const gain: number | undefined = evaluation.baselines.ease?.difference['ndcg@1'].mean;
  const figures: number[] = [gain ?? 0, metrics.ndcg(['a'], new Set(['a']), 1)];
  figures.push(pairedBootstrap([1], [0], { seed: 2 }).low);
  const quality: PersonaQuality = await diagnose(model, { history: taken, seeds: 1 });
  const sentence: Sentence = explainInWords(items[0], {
    personas: me.personas(),
    history: me.history,
    templates: { persona: '{persona}: {items}' },
    locale: 'de',
  });
  const { auc } = await membershipAttack(taken, { dim: 2 }, { folds: 2 });
  figures.push(quality.separation ?? 0, auc, sentence.parts.length);
  const visit: Now = { items: ['a'], aspects: 'x', at: null };
  const here = await loadModel(bytes, { plugins: [now] });
  const sides: Side[] | undefined = here.createProfile(['a']).recommend({ now: visit }).now;
  const leaned: number = session(me, { events: 3 }).add('a').recommend({ now: visit }).now[0].share;
  figures.push(sides?.length ?? 0, leaned, session(me).unsure);
  // @ts-expect-error a number is no list
  me.recommend({ now: 5 });
  const talk = conversation(me, { most: 2, prior: { score: 1 } });
  const turn: Turn = talk.next();
  if (turn.ask) talk.answer(turn, 'do not know');
  else figures.push(turn.recommend.items[0].chance);
  talk.answer({ ask: [{ aspect: 'x' }, { item: 'a' }] }, ['both', 'no']);
  // @ts-expect-error there is no such answer
  talk.answer(turn, 'maybe');
  // @ts-expect-error there is no such template
  explainInWords(items[0], { templates: { reason: '' } });
  // @ts-expect-error there is no such baseline
  await evaluateModel(model, { history: taken, test: taken, baselines: ['magic'] });
  // @ts-expect-error a number is no source
  await loadModel(5);
  // @ts-expect-error topK is a number
  me.rank(['a'], { topK: '5' });
  // @ts-expect-error there is no such method
  me.recommand();
  // @ts-expect-error a score may be null
  const wrong: number = items[0].score;
  me.dispose();
  model.dispose();
  const numbers = [score, why, all, distance, bytes.length, wrong, ...figures];
  return [version, ...unknown, more.items[0].title, ...numbers.map(String)];
}
