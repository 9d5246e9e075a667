// Owns the made shop: things of ten kinds in materials and manners, which nobody sells and nobody has bought.
// Must not read anything.

const kinds = ['Lamp', 'Chair', 'Kettle', 'Blanket', 'Bowl', 'Desk', 'Clock', 'Rug', 'Vase', 'Shelf'];
const materials = ['oak', 'walnut', 'steel', 'brass', 'linen', 'wool', 'glass', 'stoneware'];
const manners = ['plain', 'folding', 'striped', 'tall', 'garden', 'travel'];
/** What a thing of a kind is not made of. @type {Record<string, string[]>} */
const never = {
  Lamp: ['wool'],
  Chair: ['glass', 'stoneware'],
  Kettle: ['oak', 'walnut', 'linen', 'wool'],
  Blanket: ['oak', 'walnut', 'steel', 'brass', 'glass', 'stoneware'],
  Bowl: ['linen', 'wool'],
  Desk: ['linen', 'wool', 'stoneware'],
  Clock: ['linen', 'wool'],
  Rug: ['oak', 'walnut', 'steel', 'brass', 'glass', 'stoneware'],
  Vase: ['linen', 'wool', 'oak'],
  Shelf: ['linen', 'wool', 'stoneware'],
};

/** @typedef {{ id: string, title: string, kind: string, material: string, manner: string }} Thing */

/** @type {Thing[]} */
export const things = kinds.flatMap((kind, k) =>
  materials
    .filter((material) => !never[kind].includes(material))
    .flatMap((material, m) =>
      // Not every manner of everything: half of them, in turn.
      manners
        .filter((_, n) => (k + m + n) % 2 === 0)
        .map((manner) => ({
          id: `${kind}-${material}-${manner}`.toLowerCase(),
          title: `${kind} of ${material}, ${manner}`,
          kind,
          material,
          manner,
        })),
    ),
);

/** A thing that the shop did not have yet, from what was typed. @param {string} title @returns {Thing} */
export function newThing(title) {
  const has = (/** @type {string[]} */ words) =>
    words.find((word) => title.toLowerCase().includes(word.toLowerCase())) ?? '';
  const id = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return { id, title, kind: has(kinds), material: has(materials), manner: has(manners) };
}
