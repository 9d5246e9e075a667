// Owns which model file the demo page shows, and that it is asked for while the program is still on its way.
// Must not need the library, nor be part of the program.

/** The model that the address names. */
export const named = new URLSearchParams(location.search).get('model');
/** Where the model comes from. */
export const source = new URL(named ?? '../../dist/demo/films.ampcf', location.href).href;

function isMineWanted() {
  try {
    return !named && localStorage.getItem('ampcf-page-mine') !== null;
  } catch {
    return false;
  }
}

/** Is the model wanted that was trained in this page? It is kept here, and not asked for. */
export const wantsMine = isMineWanted();
/** The model file, asked for; undefined where nothing came. */
export const answer = wantsMine ? undefined : fetch(source).catch(() => undefined);
