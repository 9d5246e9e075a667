// Owns reading a model file from the disk, in Node and what is like it, as a stream of bytes. A chunk of its
// own: no page downloads it. Must not write, nor read anything but the file it is given.
import { messageOf } from './arguments.js';
import { AmpcfError } from './errors.js';

/**
 * Where a path is looked for: in a page one that begins with / is one of the server, one with // of another.
 * @param {string} path
 * @param {any} cause
 */
function lookedFor(path, cause) {
  if (cause?.code !== 'ENOENT' || !path.startsWith('/')) return '';
  const root = ': here a path that begins with / begins at the root of the disk; ';
  if (path.startsWith('//')) return `${root}'https:${path}' is one of a server`;
  return `${root}'.${path}' is one in the current folder, 'https://example.org${path}' one of a server`;
}

/** So much is read at once. */
const chunkBytes = 2 ** 18;

/**
 * Node's files. The name stands in a variable: bundlers for pages would look for it.
 * @returns {Promise<any>}
 */
async function filesOfNode() {
  const name = 'node:fs/promises';
  const found = globalThis.process?.getBuiltinModule?.(name);
  return found ?? import(/* @vite-ignore */ /* webpackIgnore: true */ name);
}

/**
 * @param {string | URL} source a path, or a file: URL
 * @returns {Promise<{ stream: ReadableStream<Uint8Array>, total: number }>}
 * @throws {AmpcfError} IO
 */
export async function openPath(source) {
  const failed = (/** @type {unknown} */ cause) =>
    new AmpcfError(
      'IO',
      `model file ${source}: got ${messageOf(cause)}, wanted a file that can be read, or an absolute URL` +
        lookedFor(String(source), cause),
      { path: String(source), cause },
    );
  /** @type {any} */ let file;
  try {
    const { open } = await filesOfNode();
    file = await open(/^file:/i.test(String(source)) ? new URL(source) : source);
    const facts = await file.stat();
    if (facts.isDirectory()) throw new Error('a folder');
    return { stream: streamOf(file, failed), total: facts.size || NaN };
  } catch (error) {
    await file?.close();
    throw failed(error);
  }
}

/**
 * @param {any} file open
 * @param {(cause: unknown) => AmpcfError} failed
 * @returns {ReadableStream<Uint8Array>} which closes the file
 */
const streamOf = (file, failed) =>
  new ReadableStream(
    {
      async pull(controller) {
        try {
          const { bytesRead, buffer } = await file.read(new Uint8Array(chunkBytes), 0, chunkBytes);
          if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
          await file.close();
          controller.close();
        } catch (error) {
          await file.close().catch(() => {});
          controller.error(failed(error));
        }
      },
      cancel: () => file.close(),
    },
    { highWaterMark: 0 },
  );
