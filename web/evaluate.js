// Owns the evaluation entry: a model and held-out items -> figures with their uncertainty. Must not read
// files or be needed by a page.
export { evaluateModel } from './evaluate/evaluate-model.js';
export { calibrate } from './evaluate/calibrate.js';
export { calibrationError, reliability } from './evaluate/reliability.js';
export { trainValidated } from './evaluate/train-validated.js';
export { fitVectors } from './evaluate/fit-vectors.js';
export { checkValidation } from './evaluate/validation-check.js';
export { measureValidation } from './evaluate/validation-figures.js';
export { diagnose, targets } from './evaluate/diagnose.js';
export { measureFaithfulness } from './evaluate/faithfulness.js';
export { membershipAttack } from './evaluate/membership.js';
export { cardOf, writeCard } from './evaluate/model-card.js';
export { settingsFromData } from './evaluate/settings-from-data.js';
export { personaHealth } from './evaluate/persona-health.js';
export { retrainingOf, settingsOf } from './evaluate/retraining.js';
export { pairedBootstrap } from './evaluate/bootstrap.js';
/**
 * Pure functions of ranked lists and relevant sets: recall, ndcg, hitRate, precision, mrr, map, novelty,
 * coverage, gini.
 */
export * as metrics from './evaluate/metrics.js';

/** @typedef {import('./evaluate/evaluate-model.js').EvaluateOptions} EvaluateOptions */
/** @typedef {import('./evaluate/evaluate-model.js').Evaluation} Evaluation */
/** @typedef {import('./evaluate/bootstrap.js').Interval} Interval */
/** @typedef {import('./evaluate/train-validated.js').ValidatedOptions} ValidatedOptions */
/** @typedef {import('./evaluate/train-validated.js').ValidatedResult} ValidatedResult */
/** @typedef {import('./evaluate/train-validated.js').Measurement} Measurement */
/** @typedef {import('./evaluate/fit-vectors.js').FitOptions} FitOptions */
/** @typedef {import('./evaluate/fit-vectors.js').FittedModel} FittedModel */
/** @typedef {import('./evaluate/choose-gate.js').GateChoice} GateChoice */
/** @typedef {import('./evaluate/choose-proportional.js').ProportionalChoice} ProportionalChoice */
/** @typedef {import('./evaluate/validation-check.js').ValidationCheck} ValidationCheck */
/** @typedef {import('./evaluate/validation-figures.js').ValidationFigures} ValidationFigures */
/** @typedef {import('./evaluate/diagnose.js').DiagnoseOptions} DiagnoseOptions */
/** @typedef {import('./evaluate/diagnose.js').PersonaQuality} PersonaQuality */
/** @typedef {import('./evaluate/faithfulness.js').Faithfulness} Faithfulness */
/** @typedef {import('./evaluate/membership.js').Membership} Membership */
/** @typedef {import('./evaluate/model-card.js').ModelCard} ModelCard */
/** @typedef {import('./evaluate/settings-from-data.js').DataSettings} DataSettings */
/** @typedef {import('./evaluate/settings-from-data.js').FromData} FromData */
/** @typedef {import('./evaluate/settings-from-data.js').FromDataOptions} FromDataOptions */
/** @typedef {import('./evaluate/retraining.js').Retraining} Retraining */
/** @typedef {import('./evaluate/retraining.js').RetrainingLimits} RetrainingLimits */
/** @typedef {import('./evaluate/calibrate.js').CalibrationOptions} CalibrationOptions */
/** @typedef {import('./evaluate/calibration-people.js').CalibrationPerson} CalibrationPerson */
/** @typedef {import('./evaluate/calibrate.js').CalibrationResult} CalibrationResult */
/** @typedef {import('./evaluate/reliability.js').Bin} Bin */
/** @typedef {import('./evaluate/reliability.js').Forecast} Forecast */
