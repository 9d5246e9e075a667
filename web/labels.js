// Owns the words for a persona: from its aspects and top items, never invented. Must not compute numbers.

/** @typedef {{ items: { title: string }[], aspects: { aspect: string, share: number, lift: number }[] }} Labelled */

/** How many aspects a label may name, and how much more often than the catalogue they must occur. */
const maxAspects = 2, minLift = 1.2, minShareOfTop = 0.35;

/** @param {Labelled} persona */
function aspectNames(persona) {
  const top = persona.aspects[0];
  if (!top) return [];
  const weight = (/** @type {{ share: number, lift: number }} */ entry) => entry.share * Math.log(entry.lift);
  return persona.aspects.filter((entry) => entry.lift >= minLift && weight(entry) >= minShareOfTop * weight(top))
    .slice(0, maxAspects).map((entry) => entry.aspect);
}

/**
 * One label a persona, all different: its telling aspects, or its most typical items where there are none.
 * @param {Labelled[]} personas @returns {string[]}
 */
export function personaLabels(personas) {
  /** @type {Set<string>} */
  const taken = new Set();
  return personas.map((persona, index) => {
    const items = persona.items.slice(0, 2).map((entry) => entry.title).join(', ');
    const aspects = aspectNames(persona).join(' · ');
    const named = aspects || items || `persona ${index + 1}`;
    const choices = [named, persona.items[0] ? `${named} like ${persona.items[0].title}` : named, `${named} (${index + 1})`];
    const label = /** @type {string} */ (choices.find((choice) => !taken.has(choice)));
    taken.add(label);
    return label;
  });
}

/** @typedef {{ aspect: string, share: number, lift: number, cares: number }} CaredAspect share and lift as of the persona; cares: share x ln lift, above 0 where the persona has more of it than the catalogue */

/**
 * Which aspects of a candidate a persona cares about: those that are frequent in its part of the history and telling. The lift is
 * shrunk towards the catalogue (ampcf_persona_aspects), so two films alone claim little.
 * @param {readonly string[]} aspects of the candidate @param {readonly { aspect: string, share: number, lift: number }[]} persona all its aspects
 * @returns {CaredAspect[]} those of the candidate that the persona's list knows, most cared about first
 */
export function caredAspects(aspects, persona) {
  const own = new Set(aspects);
  return persona.filter(({ aspect }) => own.has(aspect)).map((entry) => ({ ...entry, cares: entry.lift > 0 ? entry.share * Math.log(entry.lift) : -Infinity }))
    .sort((a, b) => b.cares - a.cares || (a.aspect < b.aspect ? -1 : 1));
}
