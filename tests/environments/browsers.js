// Owns the browsers: page, worker, service worker and stores in Chromium, Firefox and WebKit. Must not
// install anything, and must end what it starts.
import { build } from 'esbuild';
import { engines } from './engines.js';
import { project, serve } from './place.js';

/** @param {string} name */
async function site(name) {
  const folder = project(name, {
    'index.html':
      '<!doctype html><html><body><script type="module" src="./built/browser.js"></script></body></html>\n',
  });
  const common = { absWorkingDir: folder, bundle: true, logLevel: /** @type {const} */ ('silent') };
  const pages = ['browser.js', 'worker.js'];
  await build({ ...common, entryPoints: pages, outdir: 'built', format: 'esm', splitting: true });
  await build({ ...common, entryPoints: ['service-worker.js'], outfile: 'sw.js', format: 'iife' });
  return serve(folder);
}

/** What an engine may say instead of what is wanted. @type {Record<string, Record<string, RegExp>>} */
const mayLack = {
  WebKit: { opfs: /^NO_STORE: / }, // this WebKit has no files of an origin, and says so
};

/**
 * @param {import('./engines.js').Engine} engine
 * @param {string} address of a page that says in its title what it found
 * @returns {Promise<string>}
 */
async function titleOf(engine, address) {
  const view = await engine.open();
  try {
    await view.visit(address);
    await view.until('/^{/.test(document.title)', 60_000);
    return String(await view.read('document.title'));
  } finally {
    await view.close();
  }
}

export const browsers = engines.map((engine) => ({
  name: engine.name,
  needs: engine.needs,
  lacks: engine.lacks,
  /** @param {string} line that the check gives in Node */
  async run(line) {
    const may = mayLack[engine.name] ?? {};
    const server = await site(engine.name);
    try {
      const told = JSON.parse(await titleOf(engine, server.address));
      const [, best, , , , , distance] = line.split(' ');
      const wanted = {
        page: line,
        worker: line,
        'service worker': `${best} ${distance}, ${best} ${distance}`,
        indexedDB: 'true 1',
        'indexedDB, encrypted': 'true 1',
        opfs: 'true 1',
      };
      const wrong = Object.entries(wanted).filter(
        ([part, text]) => told[part] !== text && !may[part]?.test(told[part]),
      );
      if (wrong.length > 0) throw new Error(wrong.map(([part]) => `${part}: ${told[part]}`).join('\n'));
      const lacking = Object.keys(may).filter((part) => may[part].test(told[part]));
      const had = Object.keys(wanted).filter((part) => !lacking.includes(part));
      return had.join('; ') + lacking.map((part) => `; ${part} is not in it`).join('');
    } finally {
      server.close();
    }
  },
}));
