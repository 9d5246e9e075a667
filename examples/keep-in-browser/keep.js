// Owns the example page of keeping a profile in a browser. Must not send the profile anywhere: the one
// request is for the model.
import { loadModel } from '../../dist/ampcf.js';
import { indexedDbStore, keepProfile } from '../../dist/store.js';

const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const model = await loadModel(
  new URLSearchParams(location.search).get('model') ?? '../../dist/demo/films.ampcf',
);
const kept = await keepProfile(model, indexedDbStore({ name: 'films', encrypted: true }), { onEvent: show });
const { profile } = kept;

/**
 * @param {string} text
 * @param {string} action
 * @param {() => void} act
 */
function row(text, action, act) {
  const item = document.createElement('li'),
    button = document.createElement('button');
  button.textContent = action;
  button.onclick = act;
  item.append(`${text} `, button);
  return item;
}

function show() {
  byId('state').textContent = kept.persisted
    ? `${profile.size} events are kept in this browser.`
    : `Not kept: ${kept.reason}`;
  byId('history').replaceChildren(
    ...profile.history.map(({ item }) =>
      row(model.has(item) ? model.title(item) : item, 'Remove', () => profile.remove(item)),
    ),
  );
  byId('ranking').replaceChildren(
    ...profile
      .recommend({ topK: 10 })
      .items.map(({ item, title }) => row(title, 'Like', () => profile.add(item))),
  );
}

byId('erase').onclick = () => kept.erase().then(show);
byId('export').onclick = () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([kept.exportText()], { type: 'application/json' }));
  link.download = 'my-profile.json';
  link.click();
  URL.revokeObjectURL(link.href);
};
profile.subscribe(show);
show();
