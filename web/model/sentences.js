// Owns explanations in words, from replaceable templates. Must not compute numbers.
import { badArgument } from '../core/arguments.js';
import { optionsArgument } from '../core/options.js';
import {
  countsArgument,
  listFormat,
  peopleArgument,
  rankedArgument,
  templatesArgument,
} from './sentence-arguments.js';

/** @import { GraphPath } from '../graph.js' */
/** @import { HistoryEvent, Persona, RankedItem } from './types.js' */
/**
 * @typedef {{ type: 'text' | 'persona' | 'item' | 'aspect' | 'relation' | 'entity', text: string,
 *   item?: string }} SentencePart item: the id, of an item
 */
/** @typedef {{ text: string, parts: SentencePart[] }} Sentence */
/**
 * What is said in each case. `{persona}`, `{items}`, `{aspects}`, `{title}` and `{disliked}` are filled in,
 * in those of paths also `{relation}`, `{entity}`, `{other}` and `{with}`, and over two entities `{middle}`,
 * the relation between them, and `{further}`, the second; `{{` and `}}` are braces.
 * @typedef {object} Templates
 * @property {string} persona one of several personas decides, and some of its items can be named
 * @property {string} plain there is one persona, and items can be named
 * @property {string} personaAlone one of several personas decides, and no item of it can be named: it is
 *   remembered, or nothing of it speaks for this
 * @property {string} popular no history, or nothing of it speaks for this
 * @property {string} unknown the model has never seen the item
 * @property {string} aspects added where the persona is named and cares about aspects of the item; '' to
 *   leave it out
 * @property {string} shared added where there is a path: both items have `{relation}` `{entity}`; this one
 *   and the next four are left out where other templates are given without them
 * @property {string} crossed likewise, where the item of the history, `{with}`, has the entity by another
 *   relation, `{other}`
 * @property {string} linked likewise, where there is no entity between the items
 * @property {string} onward likewise, where two entities are between them: `{middle}` of `{entity}` is
 *   `{further}`, which `{with}` has
 * @property {string} back likewise, where `{middle}` is said of the other: of `{further}` it is `{entity}`
 * @property {string} disliked added where the person disliked something that speaks against it
 * @property {string} seat added where a claim, not the score, put the item in its place; left out where other
 *   templates are given without it
 * @property {string} end added to every sentence
 */
/**
 * @typedef {object} SentenceOptions
 * @property {Partial<Templates>} [templates] instead of the English ones
 * @property {number} [reasons] most history items to name, default 2; 0 names none
 * @property {number} [because] the old name of `reasons`
 * @property {number} [aspects] most aspects to name, default 0: those that the persona has more of than the
 *   catalogue, and that its label does not name
 * @property {number} [paths] most paths to name, default 1, of explanations with `graph`: those that speak
 *   for the item, of the named persona, and bring at least a fiftieth of the parts of the score above 0
 * @property {readonly Persona[]} [personas] of `profile.personas()`: then only items that the named persona
 *   owns are named
 * @property {readonly HistoryEvent[]} [history] of `profile.history`: then what was
 *   disliked or skipped is never said to be liked
 * @property {string | string[]} [locale] of the lists, as Intl.ListFormat takes it; default 'en'
 * @property {Partial<Record<'persona' | 'item' | 'aspect' | 'relation' | 'entity', [string,
 *   string]>>} [emphasis] what stands before
 *   and after such a part in `text`; default nothing
 */
/** @typedef {{ item: string, title: string, contribution: number, persona?: number }} Reason */

export const englishTemplates = Object.freeze(
  /** @type {Templates} */ ({
    persona: 'Because your {persona} side liked {items}',
    plain: 'Because you liked {items}',
    personaAlone: 'For your {persona} side',
    popular: 'Popular with many people',
    unknown: '{title} is new here: nothing is known of it yet',
    aspects: ', and likes {aspects}',
    shared: ', and shares {relation} {entity} with {with}',
    crossed: ', and has {relation} {entity}, {other} of {with}',
    linked: ', and is tied to {with} by {relation}',
    onward: ', and is tied to {with} by {relation} {entity} ({middle}: {further})',
    back: ', and is tied to {with} by {relation} {entity} ({further}: {middle} {entity})',
    disliked: ', although you disliked {disliked}',
    seat: ', placed here so that the list has your whole taste',
    end: '',
  }),
);

const sentenceNames = 'templates reasons because aspects paths personas history locale emphasis';
/** Of all that speaks for an item, how much a relation is to bring to be named. */
const leastPart = 0.02;
/** As in labels.js. */
const minLift = 1.2;
const slots = 'persona items aspects title disliked relation entity middle further other with'.split(' ');
/** What is left out where an app has templates of its own, unless it has these too. */
const later = Object.freeze({ seat: '', shared: '', crossed: '', linked: '', onward: '', back: '' });

/**
 * @param {string} name
 * @param {string} template
 * @param {Record<string, SentencePart[]>} values
 * @returns {SentencePart[]} one pass: what is filled in is never read as a template
 */
function fill(name, template, values) {
  return template.split(/(\{\{|\}\}|\{[^{}]*\})/).flatMap((piece) => {
    if (piece === '{{' || piece === '}}') return [textPart(piece[0])];
    if (!piece.startsWith('{')) return piece === '' ? [] : [textPart(piece)];
    const slot = piece.slice(1, -1);
    if (!slots.includes(slot))
      throw badArgument(`template ${name}`, piece, `one of ${slots.map((known) => `{${known}}`).join(', ')}`);
    return values[slot] ?? [];
  });
}

const textPart = (/** @type {string} */ text) => /** @type {SentencePart} */ ({ type: 'text', text });
const itemPart = (/** @type {{ item: string, title: string }} */ { item, title }) =>
  /** @type {SentencePart} */ ({ type: 'item', text: title, item });

/**
 * A list as people write it.
 * @param {SentencePart[]} parts
 * @param {Pick<Intl.ListFormat, 'formatToParts'>} format
 */
function joined(parts, format) {
  let next = 0;
  return format
    .formatToParts(parts.map(({ text }) => text))
    .map(({ type, value }) => (type === 'element' ? parts[next++] : textPart(value)));
}

/**
 * The persona that owns each item: the highest responsibility.
 * @param {readonly Persona[]} personas
 */
function ownersBy(personas) {
  const best = /** @type {Map<string, { index: number, responsibility: number }>} */ (new Map());
  for (const { index, items } of personas)
    for (const { item, responsibility } of items)
      if (!(Number(best.get(item)?.responsibility) >= responsibility))
        best.set(item, { index, responsibility });
  return best;
}

/**
 * What may be named: liked items with a positive contribution, largest first; where owners are known, the
 * named persona's own.
 * @param {RankedItem} ranked
 * @param {SentenceOptions} options
 * @param {number} most
 */
function reasonsOf({ persona, explanation }, { personas, history = [] }, most) {
  const preferences = new Map(
    history.map(({ item, preference = 1, wanted = preference }) => [String(item), wanted]),
  );
  const owners = personas && ownersBy(personas);
  const listed = /** @type {Reason[]} */ ([...(explanation?.contributions ?? [])]);
  const likes = (/** @type {Reason} */ { item }) => (preferences.get(item) ?? 1) > 0;
  const owns = (/** @type {Reason} */ reason) =>
    persona === null ||
    (reason.persona ?? (owners ? (owners.get(reason.item)?.index ?? -1) : persona.index)) === persona.index;
  return {
    liked: listed
      .filter((reason) => reason.contribution > 0 && likes(reason) && owns(reason))
      .sort((a, b) => b.contribution - a.contribution)
      .slice(0, most),
    paths: [...(explanation?.graph?.paths ?? [])].filter(
      (path) => path.contribution > 0 && likes(path) && owns(path),
    ),
    disliked: listed
      .filter(({ item, contribution }) => contribution < 0 && Number(preferences.get(item)) < 0)
      .sort((a, b) => a.contribution - b.contribution)
      .slice(0, 1),
  };
}

/**
 * @param {RankedItem} ranked
 * @param {boolean} hasReasons
 * @returns {'persona' | 'plain' | 'personaAlone' | 'popular' | 'unknown'}
 */
function caseOf({ known, persona, attention, explanation }, hasReasons) {
  if (!known) return 'unknown';
  const several = persona !== null && (attention ? attention.length > 1 : persona.share < 1);
  if (hasReasons) return several ? 'persona' : 'plain';
  return several || (persona && Number(explanation?.remembered) > 0) ? 'personaAlone' : 'popular';
}

/**
 * Aspects of the item that its persona cares about, most first, and that have not been said by the label. The
 * lift is shrunk, so two films alone claim little.
 * @param {RankedItem} ranked
 */
const caredAspects = ({ persona, explanation }) =>
  (explanation?.aspects ?? []).filter(
    ({ aspect, lift }) => lift >= minLift && !persona?.label.includes(aspect),
  );

/**
/**
 * All that speaks for an item: the parts of its score that are above 0.
 * @param {RankedItem} ranked
 */
function speakingFor({ explanation }) {
  const { contributions = [], rest, remembered, bias } = explanation ?? {};
  const parts = [...contributions.map(({ contribution }) => contribution), rest, remembered, bias];
  return parts.reduce((/** @type {number} */ sum, part) => sum + Math.max(0, part ?? 0), 0);
}

/**
 * The template for a path, by how many entities are between the items and which way the links go.
 * @param {GraphPath['steps']} steps one to three
 * @returns {'shared' | 'crossed' | 'linked' | 'onward' | 'back'}
 */
function templateFor([first, second, third]) {
  if (third) return second.forward ? 'onward' : 'back';
  if (!second) return 'linked';
  return first.relation === second.relation && first.forward !== second.forward ? 'shared' : 'crossed';
}

/**
 * Paths in words: those over the same entities together, where they bring enough of the score to be worth it.
 * @param {readonly GraphPath[]} paths of items that may be named
 * @param {number} least what they are to bring
 * @param {number} most
 * @param {number} reasons most items of each
 * @param {Pick<Intl.ListFormat, 'formatToParts'>} format
 */
function saidPaths(paths, least, most, reasons, format) {
  /** @type {Map<string, { path: GraphPath, items: GraphPath[] }>} */
  const found = new Map();
  for (const path of paths.filter(({ steps: { length } }) => length >= 1 && length <= 3)) {
    // All but what the last step leads to, the item of the history.
    const way = path.steps.map(({ relation, forward, entity }, i) => [
      relation,
      forward,
      i < path.steps.length - 1 && entity,
    ]);
    const key = JSON.stringify(way);
    const same = found.get(key) ?? { path, items: [] };
    if (same.items.every(({ item }) => item !== path.item)) same.items.push(path);
    found.set(key, same);
  }
  const named = (/** @type {'relation' | 'entity'} */ type, /** @type {string | undefined} */ text = '') => [
    /** @type {SentencePart} */ ({ type, text }),
  ];
  const brings = (/** @type {GraphPath[]} */ items) =>
    items.reduce((sum, { contribution }) => sum + contribution, 0);
  return [...found.values()]
    .filter(({ items }) => brings(items) >= least)
    .slice(0, most)
    .map(({ path: { steps }, items }) => ({
      name: templateFor(steps),
      values: {
        relation: named('relation', steps[0].relation),
        entity: named('entity', steps[0].entity),
        middle: named('relation', steps[1]?.relation),
        further: named('entity', steps[1]?.entity),
        other: named('relation', steps[steps.length - 1].relation),
        with: joined(items.slice(0, Math.max(1, reasons)).map(itemPart), format),
      },
    }));
}

/**
 * An explanation in words: "Because your Film noir side liked Double Indemnity and Laura". Only what the
 * numbers say is said: items with a positive contribution, the persona with the highest attention, aspects
 * that it has more of than the catalogue. `parts` are for pages: set each part's text as textContent, never
 * as innerHTML; titles are data, and nothing is escaped here.
 * @param {RankedItem} ranked of `profile.rank`, `recommend` or `explain` with `explain: true`; list all
 *   contributions where dislikes are to be named
 * @param {SentenceOptions} [options]
 * @returns {Sentence}
 * @throws {import('../core/errors.js').AmpcfError} BAD_ARGUMENT: an item that was ranked without `explain:
 *   true`, a template that is no text or has an unknown place, a count or a language that is none
 */
export function explainInWords(ranked, options = {}) {
  const {
    templates = {},
    because = 2,
    reasons = because,
    aspects: most = 0,
    paths = 1,
    locale = 'en',
    emphasis = {},
  } = optionsArgument(options, sentenceNames);
  rankedArgument(ranked);
  countsArgument({ reasons, aspects: most, paths });
  templatesArgument(templates, Object.keys(englishTemplates));
  peopleArgument(options);
  const format = listFormat(locale);
  const isOwn = Object.keys(templates).length > 0;
  const words = { ...englishTemplates, ...(isOwn && later), ...templates };
  const { liked, disliked, paths: ways } = reasonsOf(ranked, options, reasons);
  const kind = caseOf(ranked, liked.length > 0);
  const named = kind === 'persona' || kind === 'personaAlone';
  const cared = caredAspects(ranked).slice(0, most);
  const said =
    named || kind === 'plain' ? saidPaths(ways, leastPart * speakingFor(ranked), paths, reasons, format) : [];
  const values = {
    persona: [/** @type {SentencePart} */ ({ type: 'persona', text: ranked.persona?.label ?? '' })],
    title: [itemPart(ranked)],
    items: joined(liked.map(itemPart), format),
    aspects: joined(
      cared.map(({ aspect }) => ({ type: 'aspect', text: aspect })),
      format,
    ),
    disliked: joined(disliked.map(itemPart), format),
  };
  const parts = [
    kind,
    ...(named && cared.length > 0 ? ['aspects'] : []),
    ...said,
    ...(disliked.length > 0 && kind !== 'unknown' ? ['disliked'] : []),
    ...(ranked.seat ? ['seat'] : []),
    'end',
  ].flatMap((part) => {
    const [name, own] = typeof part === 'string' ? [part, {}] : [part.name, part.values];
    return fill(name, words[/** @type {keyof Templates} */ (name)], { ...values, ...own });
  });
  return { text: textOf(parts, emphasis), parts };
}

/**
 * @param {SentencePart[]} parts
 * @param {NonNullable<SentenceOptions['emphasis']>} emphasis
 */
const textOf = (parts, emphasis) =>
  parts
    .map(({ type, text }) =>
      type === 'text' ? text : `${emphasis[type]?.[0] ?? ''}${text}${emphasis[type]?.[1] ?? ''}`,
    )
    .join('');
