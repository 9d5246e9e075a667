// Owns what personas change on the demo page, shown as a before and an after: the list by score alone, then
// the places that a smaller taste gets. Must not move anything for people who want no motion.
import { app, topK } from './app.js';
import { $, write } from './elements.js';

/** @import { Seen } from './app.js' */

const stay = 900,
  move = 700;
/** Films on their way. @type {Animation[]} */
let moving = [];
const isCalm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

/** The same person's list by score alone, one vector: what most libraries give. */
const byScore = () => app.seen.lists.one.items.map(({ item }) => item);

/**
 * The persona that gains most places, and how many it has before and after.
 * @param {Seen} seen
 */
function gain({ personas, lists, voices }) {
  const count = (/** @type {'personas' | 'one'} */ name, /** @type {number} */ index) =>
    lists[name].items.map(voices(name)).filter((voice) => voice?.index === index).length;
  return personas
    .map(({ index, label }) => ({ label, before: count('one', index), after: count('personas', index) }))
    .sort((a, b) => b.after - b.before - (a.after - a.before))[0];
}

/** In words, for everybody. */
function say() {
  const best = gain(app.seen);
  $('changed').textContent =
    best && best.after > best.before
      ? `${best.label} has ${best.after} of ${topK} places in proportion; one vector gives it ${best.before}.`
      : 'For these films both lists give every taste its place.';
}

/**
 * Films that lose their places are seen going.
 * @param {string[]} before
 * @param {HTMLElement[]} rows
 */
function ghosts(before, rows) {
  const kept = new Set(rows.map((row) => row.dataset.item));
  const step = rows[1] ? rows[1].offsetTop - rows[0].offsetTop : 40;
  for (const [place, row] of [...$('ranking-one').children].entries()) {
    if (kept.has(row.dataset.item)) continue;
    const ghost = row.cloneNode(true);
    ghost.querySelector('details').removeAttribute('open');
    ghost.className += ' ghost';
    ghost.inert = true;
    ghost.style.top = `${rows[0].offsetTop + place * step}px`;
    $('ranking').append(ghost);
    const fade = [{ opacity: 1 }, { opacity: 1, offset: stay / (stay + move) }, { opacity: 0 }];
    ghost.animate(fade, stay + move).finished.finally(() => ghost.remove());
  }
}

/**
 * Films slide from the places that they have by score to the places that they get.
 * @param {HTMLElement[]} rows
 */
function slide(rows) {
  const before = byScore();
  ghosts(before, rows);
  const step = rows[1] ? rows[1].offsetTop - rows[0].offsetTop : 40;
  for (const [place, row] of rows.entries()) {
    const was = before.indexOf(String(row.dataset.item));
    const from =
      was >= 0
        ? { transform: `translateY(${(was - place) * step}px)` }
        : { transform: 'translateX(40px)', opacity: 0 };
    const held = { ...from, offset: stay / (stay + move) };
    const options = { duration: stay + move, easing: 'ease-in-out' };
    moving.push(row.animate([from, held, { transform: 'none', opacity: 1 }], options));
    row.classList.toggle('new-place', was < 0);
  }
}

export function prepareChange() {
  $('change').addEventListener('click', () => {
    const rows = /** @type {HTMLElement[]} */ ([
      ...$('ranking').querySelectorAll('li[data-item]:not(.ghost)'),
    ]);
    if (rows.length === 0) return;
    for (const row of rows) row.querySelector('details')?.removeAttribute('open');
    say();
    if (isCalm())
      for (const row of rows)
        row.classList.toggle('new-place', !byScore().includes(String(row.dataset.item)));
    else slide(rows);
  });
  app.watchers.push(() => {
    write($('changed'), '');
    for (const animation of moving) animation.cancel();
    moving = [];
  });
}
