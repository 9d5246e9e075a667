// Owns the demo's made-up reviews: sentences that say that they are made up, of films that are real. Must not
// read files, use unseeded randomness, or pass its sentences off as somebody's.
import { seeded } from './seeded.js';

/** @typedef {{ item: string, user: string, rating: number, text: string }} MadeReview */

/**
 * What sentences speak of, what of it is said for and against a film, and which films have it: those of a
 * genre, or all of them.
 * @type {readonly { aspect: string, genres: string[], good: string[], bad: string[] }[]}
 */
const said = Object.freeze([
  {
    aspect: 'atmosphere',
    genres: ['Film noir', 'Horror', 'Mystery', 'Thriller'],
    good: ['an atmosphere as thick as smoke', 'all atmosphere, from the first shadow on'],
    bad: ['more atmosphere than anything else'],
  },
  {
    aspect: 'drawings',
    genres: ['Animation'],
    good: ['drawings to frame and to keep', 'every one of the drawings breathes'],
    bad: ['drawings that hardly move'],
  },
  {
    aspect: 'effects',
    genres: ['Science fiction', 'Fantasy', 'Action'],
    good: ['effects that still look new', 'the effects serve the idea'],
    bad: ['effects in place of ideas'],
  },
  {
    aspect: 'landscape',
    genres: ['Western', 'Adventure', 'War'],
    good: ['a landscape to get lost in', 'the landscape plays a part of its own'],
    bad: ['much landscape and few people in it'],
  },
  {
    aspect: 'jokes',
    genres: ['Comedy', 'Family'],
    good: ['jokes that land, one after the other', 'jokes for all who are in the room'],
    bad: ['the jokes are old'],
  },
  {
    aspect: 'couple',
    genres: ['Romance', 'Musical'],
    good: ['a couple to cheer for', 'the couple needs no words'],
    bad: ['a couple that never meets'],
  },
  {
    aspect: 'plot',
    genres: ['Crime', 'Mystery', 'Thriller', 'History'],
    good: ['a plot with no loose end', 'the plot turns when nobody looks'],
    bad: ['a plot that needs a map'],
  },
  {
    aspect: 'acting',
    genres: [],
    good: ['acting without one false note', 'quiet acting, and much of it'],
    bad: ['acting for the last row'],
  },
  {
    aspect: 'music',
    genres: [],
    good: ['music that stays for days', 'the music tells what nobody says'],
    bad: ['music that never stops'],
  },
]);

/** The words that speak of each aspect. */
export const demoAspects = new Map(said.map(({ aspect }) => [aspect, [aspect]]));

/**
 * Six invented people on each film, who speak of one thing each.
 * @param {readonly { item: string, genres: string[] }[]} films
 * @param {{ seed?: number }} [options]
 * @returns {MadeReview[]}
 */
export function demoReviews(films, { seed = 1 } = {}) {
  const random = seeded(seed);
  const pick = (/** @type {any[]} */ list) => list[Math.floor(random() * list.length)];
  return films.flatMap(({ item, genres }) => {
    const own = said.filter((about) => about.genres.some((genre) => genres.includes(genre)));
    const all = said.filter((about) => about.genres.length === 0);
    return Array.from({ length: 6 }, (_, n) => {
      const { good, bad } = pick(own.length > 0 && random() < 0.7 ? own : all);
      const likes = random() < 0.8;
      const text = `Made up: ${pick(likes ? good : bad)}.`;
      return { item, user: `invented-${n + 1}`, rating: likes ? 5 : 2, text };
    });
  });
}

/** @param {readonly MadeReview[]} reviews */
export function reviewsCsv(reviews) {
  const rows = reviews.map(({ item, user, rating, text }) => `${item},${user},${rating},"${text}"\n`);
  return `item,user,rating,text\n${rows.join('')}`;
}
