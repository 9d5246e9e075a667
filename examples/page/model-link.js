// Owns which model file the demo page shows, and that it is asked for while the program is still on its way.
// Must not need the library, nor be part of the program.

const asked = new URLSearchParams(location.search).get('model');

function isMineWanted() {
  try {
    return !asked && localStorage.getItem('ampcf-page-mine') !== null;
  } catch {
    return false;
  }
}

// A model that was trained in this page is kept here: then nothing is asked for yet.
const link = Object.assign(document.createElement('link'), {
  id: 'model',
  rel: isMineWanted() ? 'alternate' : 'preload',
  as: 'fetch',
  crossOrigin: 'anonymous', // as fetch asks
  href: asked ?? '../../dist/demo/films.ampcf',
});
document.head.append(link);
