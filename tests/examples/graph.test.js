// Owns running the example of graphs: what it prints is read, not only that it ends. Must not repeat its
// code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runExample } from './run-example.js';

test('graph.js: paths, parts that add up, what is alike and through what, taste by relation', () => {
  const stdout = runExample('graph');
  assert.match(stdout, /^3 relations, \d+ entities, \d+ triples/);
  assert.match(stdout, /^Howl's .*, and shares director Hayao Miyazaki with Spirited Away/m);
  assert.match(stdout, /^Raw Deal [^,]*$/m); // a genre of many films brings next to nothing
  const part = (/** @type {string} */ what) => Number(new RegExp(`(-?[0-9.]+)  ${what}`).exec(stdout)?.[1]);
  const score = Number(
    /The Apartment \(1960\): (-?\d\.\d+), its vector leans on the graph by 0\.40/.exec(stdout)?.[1],
  );
  assert.ok(Math.abs(part('with what each persona brings') - score) < 0.001, stdout);
  const paths = [...stdout.matchAll(/ {2}(-?\d\.\d{4}) {2}(?:director|genre) .*, as /g)].map(([, x]) =>
    Number(x),
  );
  const total = paths.reduce((sum, x) => sum + x, part('other paths'));
  assert.ok(paths.length === 3 && Math.abs(total - part('all that the graph')) < 0.0005, stdout);
  assert.match(stdout, /director Billy Wilder, as (Sunset Boulevard|Double Indemnity)/);
  assert.match(stdout, /like The Apartment \(1960\) by graph: .*\(Billy Wilder\)/);
  assert.match(stdout, /taste by director: \d\.\d\d from the history\n\ntaste by genre: \d\.\d\d/);
  assert.match(stdout, /same as pathsOf: true/);
});
