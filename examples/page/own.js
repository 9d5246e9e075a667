// Owns what is a person's own on the demo page: files that are brought, the profile that is kept, exported
// and erased. Must not send any of it.
import { app } from './app.js';
import { $, button, make } from './elements.js';
import { peopleIn, readExport } from './exports.js';
import { Catalogue, matched } from './match.js';
import { forgetMine } from './mine.js';
import { prepareOffline } from './offline.js';
import { train } from './training.js';

const mostBytes = 64 * 1024 * 1024,
  listed = 200;
/** @type {Catalogue | undefined} */
let catalogue;

/** @param {string} text */
function historyIn(text) {
  if (!/^\s*\{/.test(text)) return undefined;
  const { format, history } = JSON.parse(text);
  return format === 'ampcf history' && Array.isArray(history) ? history : undefined;
}

/**
 * @param {string} name of the file
 * @param {string} words
 * @param {string[]} [unmatched]
 */
function report(name, words, unmatched = []) {
  const rest = unmatched.length - listed;
  const list = make(
    'details',
    { className: 'fold' },
    make('summary', {}, `${unmatched.length} are not in this catalogue`),
    make(
      'ul',
      { className: 'unmatched' },
      ...unmatched.slice(0, listed).map((title) => make('li', {}, title)),
      ...(rest > 0 ? [make('li', {}, `and ${rest} more`)] : []),
    ),
  );
  $('brought').append(
    make('p', {}, make('b', {}, name), ` ${words}`),
    ...(unmatched.length > 0 ? [list] : []),
  );
}

/** @param {File} file of one person, or of many */
async function readFile(file) {
  if (file.size > mostBytes)
    return report(
      file.name,
      `has ${Math.round(file.size / 2 ** 20)} MB: this page reads files of up to 64 MB.`,
    );
  const people = /\.json$/i.test(file.name) ? 0 : peopleIn(await file.slice(0, 100_000).text());
  if (people > 1) {
    report(file.name, 'names many people. A model can be trained from it, in this page:');
    return $('brought').append(
      make(
        'div',
        { className: 'acts' },
        button('Train a model', () => train(file)),
      ),
    );
  }
  const text = await file.text();
  const history = historyIn(text);
  if (history) {
    app.person.become(history);
    return report(file.name, `is a history that this page exported: ${history.length} events.`);
  }
  const { program, mentions } = readExport(text);
  const { model } = app;
  catalogue ??= new Catalogue(model.ids().map((item) => ({ item, title: model.title(item) })));
  const { events, unmatched } = matched(catalogue, mentions);
  if (events.length > 0) app.person.become(events);
  const found = events.length === 1 ? '1 title is' : `${events.length} titles are`;
  const words = events.length > 0 ? ' They are what I liked now; Undo brings back what was here.' : '';
  report(file.name, `(${program}): ${found} in this catalogue.${words}`, unmatched);
}

/** @param {Iterable<File>} files */
async function readFiles(files) {
  $('brought').replaceChildren();
  for (const file of files)
    try {
      await readFile(file);
    } catch (error) {
      report(file.name, `could not be read: ${/** @type {Error} */ (error).message}.`);
    }
}

function prepareDrop() {
  $('files').addEventListener('change', async () => {
    await readFiles([...$('files').files]);
    $('files').value = '';
  });
  const zone = document.documentElement;
  const hold = (/** @type {DragEvent} */ event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    zone.classList.toggle('dropping', event.type === 'dragover');
  };
  zone.addEventListener('dragover', hold);
  zone.addEventListener('dragleave', hold);
  zone.addEventListener('drop', (event) => {
    hold(event);
    $('bring').open = true;
    readFiles([...(event.dataTransfer?.files ?? [])]);
  });
}

function exportHistory() {
  const { history } = app.person;
  const text = `${JSON.stringify({ format: 'ampcf history', history }, null, 1)}\n`;
  const link = make('a', {
    href: URL.createObjectURL(new Blob([text], { type: 'application/json' })),
    download: 'my-history.json',
  });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** @param {import('./keep.js').Keep} keep */
async function erase(keep) {
  app.visit.forget();
  app.person.begin([]);
  try {
    await keep.erase();
    app.render();
    $('kept-said').textContent = 'Erased: nothing of what I liked or looked at is left.';
  } catch (error) {
    app.render();
    $('kept-said').textContent = `Not erased: ${/** @type {Error} */ (error).message}`;
  }
  $('film').focus();
}

/**
 * @param {import('./keep.js').Keep} keep
 * @param {boolean} isMine whether the model was trained in this page
 */
export async function prepareOwn(keep, isMine) {
  prepareDrop();
  $('export').addEventListener('click', exportHistory);
  $('erase').addEventListener('click', () => erase(keep));
  $('back-to-demo').hidden = !isMine;
  $('back-to-demo').addEventListener('click', async () => {
    localStorage.removeItem('ampcf-page-mine');
    await forgetMine();
    location.reload();
  });
  await prepareOffline();
}
