// Owns the map of the demo page: all films on a plane, on which what I liked, its personas and what is
// recommended light up. Must not rank, nor be the only way to anything.
import { app, colour } from './app.js';
import { $ } from './elements.js';
import { groundOf, groupsOf, markOf, nameBox } from './ground.js';
import { placesOf } from './projection.js';

/** @import { Persona, Seen } from './app.js' */
/** @import { Box, Point } from './ground.js' */

const size = 400,
  margin = 18,
  letter = 7.6; // about as wide as one of a name
/** @type {Map<string, [x: number, y: number]>} */
let places = new Map();

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Node | string)} children
 */
function draw(tag, attributes, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {string} item
 * @returns {[x: number, y: number] | undefined} in the picture
 */
function placeOf(item) {
  const place = places.get(item);
  return place && [margin + place[0] * (size - 2 * margin), margin + place[1] * (size - 2 * margin)];
}

/** @type {(place: never[] | Point) => place is Point} */
const isPoint = (place) => place.length === 2;

/**
 * A path of dots: one element however many films there are.
 * @param {Iterable<string>} items
 */
const dots = (items) =>
  [...items]
    .map(placeOf)
    .flatMap((place) => (place ? [`M${place[0].toFixed(1)} ${place[1].toFixed(1)}h0`] : []))
    .join('');

/**
 * @param {string} item
 * @param {string} className
 * @param {number | undefined} persona
 * @param {number} size
 */
function mark(item, className, persona, size) {
  const place = placeOf(item);
  if (!place) return [];
  const [x, y] = place;
  const attributes = { class: `${className} ${colour(persona)}`, d: markOf(persona) };
  return [
    draw(
      'path',
      { ...attributes, transform: `translate(${x.toFixed(1)} ${y.toFixed(1)}) scale(${size})` },
      draw('title', {}, app.model.title(item)),
    ),
  ];
}

/**
 * Names of personas as short as they can be told apart.
 * @param {Persona[]} personas
 */
function shortNames(personas) {
  const first = personas.map(({ label }) => label.split(' · ')[0]);
  return personas.map(({ label }, i) =>
    first.filter((name) => name === first[i]).length > 1 ? label : first[i],
  );
}

/**
 * The ground of each persona, and its name.
 * @param {Seen} seen
 * @param {Point[]} films that are lit: names keep away from them
 */
function grounds({ personas, owner }, films) {
  /** @type {Box[]} */ const boxes = [];
  const names = shortNames(personas);
  return personas.map(({ index }, i) => {
    const own = [...owner].filter(([, persona]) => persona === index);
    const groups = groupsOf(own.flatMap(([item]) => [placeOf(item) ?? []]).filter(isPoint));
    if (groups.length === 0) return draw('g', { class: 'region' });
    const width = letter * names[i].length;
    const box = nameBox(groups[0], { width, height: 17 }, boxes, films, size);
    boxes.push(box);
    return draw(
      'g',
      { class: `region ${colour(index)}` },
      ...groups.map((group) => draw('path', { d: groundOf(group) })),
      draw('text', { x: box.x + width / 2, y: box.y + 13 }, names[i]),
    );
  });
}

/** @param {Seen} seen */
function light(seen) {
  const { personas, owner, lists, voices } = seen;
  const { items } = lists.personas;
  const { history } = app.person;
  const liked = history.flatMap(({ item, preference }) =>
    preference > 0 ? mark(item, 'liked', owner.get(item), 4.6) : mark(item, 'left', undefined, 4.6),
  );
  const voiceOf = voices('personas');
  const listed = items.flatMap((item) => mark(item.item, 'listed', voiceOf(item)?.index, 6));
  const lit = [...history, ...items].map(({ item }) => placeOf(item) ?? []).filter(isPoint);
  $('map-lights').replaceChildren(...grounds(seen, lit), ...listed, ...liked);
  $('map').setAttribute(
    'aria-label',
    `Map of ${places.size} films, alike ones near each other: ${liked.length} of mine are lit, of ` +
      `${personas.length} personas, and ${listed.length} that are recommended.`,
  );
}

/**
 * The film nearest to the pointer is named.
 * @param {PointerEvent} event
 */
function point(event) {
  const box = $('map').getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * size,
    y = ((event.clientY - box.top) / box.height) * size;
  let nearest = '',
    best = 14;
  for (const item of places.keys()) {
    const place = placeOf(item);
    const distance = place ? Math.hypot(place[0] - x, place[1] - y) : Infinity;
    if (distance < best) [nearest, best] = [item, distance];
  }
  const what = app.model.has(nearest)
    ? `${app.model.title(nearest)}: ${app.model.aspects(nearest).join(', ')}`
    : '';
  $('pointed').textContent = what || $('pointed').dataset.usual;
}

/**
 * Draws all films, then what is lit after each change.
 * @param {() => Promise<void>} pause
 */
export async function prepareMap(pause) {
  places = await placesOf(app.model, pause);
  $('map-dots').setAttribute('d', dots(places.keys()));
  $('pointed').dataset.usual = $('pointed').textContent;
  $('map').addEventListener('pointermove', point);
  $('map').addEventListener('pointerleave', () => {
    $('pointed').textContent = $('pointed').dataset.usual;
  });
  app.followers.push(light);
  light(app.seen);
}
