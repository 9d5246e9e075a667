// Owns the map of the demo page: all films on a plane, on which what I liked, its personas and what is
// recommended light up. Must not rank, nor be the only way to anything.
import { app, colour } from './app.js';
import { $ } from './elements.js';
import { placesOf } from './projection.js';

/** @import { Seen } from './app.js' */

const size = 400,
  margin = 18;
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
 * @param {number} r
 */
function dot(item, className, r) {
  const place = placeOf(item);
  if (!place) return [];
  return [
    draw(
      'circle',
      { class: className, cx: place[0], cy: place[1], r },
      draw('title', {}, app.model.title(item)),
    ),
  ];
}

/** @param {Seen} seen */
function light({ personas, owner, lists, voices }) {
  const { items } = lists.personas;
  const regions = personas.map(({ index }) =>
    draw('path', {
      class: `region ${colour(index)}`,
      d: dots([...owner].filter(([, persona]) => persona === index).map(([item]) => item)),
    }),
  );
  const liked = app.person.history.flatMap(({ item, preference }) =>
    dot(item, preference > 0 ? `liked ${colour(owner.get(item))}` : 'left', 4.5),
  );
  const voiceOf = voices('personas');
  const listed = items.flatMap((item) => dot(item.item, `listed ${colour(voiceOf(item)?.index)}`, 6));
  $('map-lights').replaceChildren(...regions, ...listed, ...liked);
  $('map').setAttribute(
    'aria-label',
    `Map of ${places.size} films, alike ones near each other: ${liked.length} of mine are lit, in ` +
      `${personas.length} regions, and ${listed.length} that are recommended.`,
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
  app.watchers.push(light);
  light(app.seen);
}
