// Owns the further reasons of a film on the demo page: what it shares with my films by the graph of the
// model, and what made-up reviews say of it. Must not be needed for the first lists, nor show words as
// markup.
import { evidenceFor, loadEvidence } from '../../dist/evidence.js';
import { graphFacts, pathsOf } from '../../dist/graph.js';
import { app, colour } from './app.js';
import { make, number } from './elements.js';

/** @import { RankedItem, Voice } from './app.js' */

const mostPaths = 2;
/** What brings less than that to a score is no reason. */
const least = 0.0005;
/** @type {import('ampcf/evidence').Evidence | undefined} */ let evidence;
let hasGraph = false;

/** "director Carol Reed, as The Third Man" and what that brings. @param {string} item */
const pathsTo = (item) =>
  pathsOf(app.person.personas, item, { limit: mostPaths })
    .paths.filter(({ contribution }) => contribution >= least)
    .map(({ title, contribution, steps }) =>
      make(
        'li',
        {},
        `${steps[0].relation} `,
        make('b', {}, steps[0].entity),
        ', as ',
        make('em', {}, title),
        ' ',
        number(contribution, contribution.toFixed(4)),
      ),
    );

/**
 * Fills the place between the sentence and the sum.
 * @param {HTMLElement} place
 * @param {RankedItem} item
 * @param {Voice | undefined} voice
 */
export async function fillReasons(place, item, voice) {
  const paths = hasGraph && app.person.history.length > 0 ? pathsTo(item.item) : [];
  const said = evidence && (await evidenceFor(app.person.personas, item.item, { evidence }));
  place.replaceChildren(
    ...(paths.length > 0 ? [make('p', {}, 'By relations'), make('ul', {}, ...paths)] : []),
    ...(said
      ? [
          make(
            'p',
            { className: colour(voice?.index) },
            make('b', {}, said.aspect),
            ' ',
            make('q', {}, said.text),
          ),
        ]
      : []),
  );
}

/** @param {string | null} from where the evidence file is; null: there is none */
export async function prepareReasons(from) {
  hasGraph = graphFacts(app.model) !== null;
  if (from !== null) evidence = await loadEvidence(from).catch(() => undefined);
}
