// Owns the training of a model in the demo page, as it is seen: progress, what came of it, and the way to
// it and back. Must not block the page: the work is done in a worker.
import { app } from './app.js';
import { $, button, make } from './elements.js';
import { keepMine } from './mine.js';

/** @type {Worker | undefined} */
let worker;
/** Settings that the films of the demo were trained with, for the same films. */
const carried = 'dim split proportional alpha lambda userDamping itemDamping popularityDamping'.split(' ');

function factsOfItems() {
  const { model } = app;
  const all = model.ids().map((item) => [item, { title: model.title(item), aspects: model.aspects(item) }]);
  return Object.fromEntries(all);
}

/** @param {string} words */
function say(words) {
  $('training').replaceChildren(make('p', {}, words));
}

function stop() {
  worker?.terminate();
  worker = undefined;
}

/**
 * @typedef {{ bytes: Uint8Array<ArrayBuffer>, users: number, items: number, count: number, seconds: number }}
 *   Trained
 */
/** @param {Trained} result */
function offer({ bytes, users, items, count, seconds }) {
  stop();
  const take = async () => {
    try {
      await keepMine(bytes);
      localStorage.setItem('ampcf-page-mine', 'yes');
      location.assign(location.pathname);
    } catch (error) {
      say(`The model could not be kept: ${/** @type {Error} */ (error).message}`);
    }
  };
  const link = make(
    'a',
    { href: URL.createObjectURL(new Blob([bytes])), download: 'mine.ampcf' },
    `Save the model file (${Math.round(bytes.length / 1000)} kB)`,
  );
  $('training').replaceChildren(
    make(
      'p',
      {},
      `Trained in ${seconds.toFixed(1)} s, here: ${users} people, ${items} items, ${count} events.`,
    ),
    make('div', { className: 'acts' }, button('Rank with it', take), link),
  );
}

/** @param {File} file ratings of many people */
export function train(file) {
  stop();
  const bar = make('progress', { max: 1, value: 0, ariaLabel: 'Progress of the training' });
  const words = make('p', {}, 'Loading the trainer …');
  const halt = () => {
    stop();
    say('Stopped.');
    $('files').focus();
  };
  $('training').replaceChildren(words, bar, make('div', { className: 'acts' }, button('Stop', halt)));
  // Beside the page, not in its bundle: there its service worker answers for it too.
  worker = new Worker(new URL('trainer.js', location.href), { type: 'module' });
  worker.onerror = () => {
    stop();
    say(
      'The trainer could not be loaded: it comes from where this page came from, once, when it is asked for.',
    );
  };
  worker.onmessage = ({ data }) => {
    if (data.failed) (stop(), say(`Not trained: ${data.failed}`));
    else if (data.bytes) offer(data);
    else {
      words.textContent = data.words;
      if (data.share !== undefined) bar.value = data.share;
    }
  };
  const { settings = {} } = app.model.info.metadata;
  const own = carried.filter((name) => name in settings).map((name) => [name, settings[name]]);
  worker.postMessage({
    file,
    facts: factsOfItems(),
    name: `trained in this page, from ${file.name}`,
    settings: Object.fromEntries(own),
  });
}
