// Owns what a training says: progress, figures, personas. Must not train.
import { count, percent } from './print.js';
import { stages } from './progress.js';
import { complain } from './terminal.js';

/** @import { TrainResult } from '../train.js' */
/** @import { Measurement, ValidatedOptions } from '../evaluate.js' */
/** @import { ValidationFigures } from '../evaluate/validation-figures.js' */
/** @import { PersonaHealth } from '../evaluate/persona-health.js' */

/**
 * Progress of a training: one line while vectors are learnt, also while a sweep is measured, and another for
 * each stage after that.
 * @param {boolean} quiet
 * @param {string | undefined} objective
 */
export function trainingProgress(quiet, objective) {
  const lines = stages(quiet, { after: 0 });
  const word = objective === undefined || objective === 'als' ? 'sweep' : 'epoch';
  let vectors = { done: 0, total: 1 };
  let later = false;
  return {
    /** @type {NonNullable<ValidatedOptions['onProgress']>} */
    update({ phase, done, total, sweep, sweeps }) {
      later ||= phase === 'neighbours' || phase === 'choosing';
      const turn = `${word} ${Math.min(sweep + (phase === 'vectors' ? 1 : 0), sweeps)}/${sweeps}`;
      if (phase === 'scout' || phase === 'graph') {
        const what = phase === 'scout' ? 'a shorter training, to try the graph on' : 'trying the graph';
        lines.update(what, done, total, '', phase === 'scout' ? 'rows' : 'settings');
      } else if (phase === 'vectors') {
        vectors = { done, total };
        lines.update('training', done, total, turn, 'rows');
      } else if (phase === 'measuring' && !later) {
        const note = `${turn}, measuring ${count(done)}/${count(total)} people`;
        lines.update('training', vectors.done, vectors.total, note, 'rows');
      } else {
        lines.update(phase, done, total, '', phase === 'neighbours' ? 'steps' : 'people');
      }
    },
    /** @param {Measurement} measurement */
    measured({ sweep, sweeps, metrics, best }) {
      if (quiet) return;
      lines.finish();
      complain(`measured ${word} ${sweep}/${sweeps}  ${figuresText(metrics)}${best ? '' : '  no better'}\n`);
    },
    finish: lines.finish,
  };
}

/** @param {Record<string, number>} metrics */
const figuresText = (metrics) =>
  Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(4)}`)
    .join('  ');

/** @param {ValidationFigures} figures */
export const validationText = ({ metrics, people }) =>
  `${figuresText(metrics)} (${count(people)} ${people === 1 ? 'person' : 'people'})`;

/**
 * What is said of a training on everything.
 * @param {{ interactions: number }} trained
 */
export const refitText = ({ interactions }) =>
  `refit    trained again on everything, ${count(interactions)} interactions; ` +
  'figures above are those of the model that was validated';

/**
 * What a summary tells of a training on everything: null where there was none.
 * @param {{ interactions: number, validated?: TrainResult | null }} trained
 */
export const refitSummary = ({ interactions, validated }) =>
  validated
    ? {
        interactions,
        validated: {
          users: validated.users,
          items: validated.items,
          interactions: validated.interactions,
          settings: validated.settings,
        },
      }
    : null;

/** @param {PersonaHealth} health */
export function personasText({ people, mean, effective, collapseRate }) {
  const alike = collapseRate === null ? '' : `; two alike for ${percent(collapseRate)} of those with several`;
  return `${mean.toFixed(2)} a person, effectively ${effective.toFixed(2)}${alike} (${count(people)} people)`;
}

/**
 * What there is to say of personas in a summary.
 * @param {PersonaHealth} health
 */
export const personasOf = ({ people, mean, effective, collapseRate, single }) => ({
  people,
  mean,
  effective,
  collapseRate,
  single,
});
