// Owns whether a run fits into memory, before any work. Must not know what takes the memory.
import { freemem } from 'node:os';
import { AmpcfError } from '../core/errors.js';
import { sizeOption } from './options.js';
import { fileSize } from './print.js';

const freeShare = 0.8;

/**
 * Bytes that runs may take.
 * @param {Record<string, any>} values
 */
export function memoryLimit(values) {
  const asked = sizeOption(values, 'max-memory');
  return asked === undefined
    ? { bytes: freeShare * freemem(), name: '80 % of the free memory (--max-memory SIZE sets another limit)' }
    : { bytes: asked, name: '--max-memory' };
}

/**
 * Says what a run needs; refuses what is too much.
 * @param {{ bytes: number, vectors: number, neighbours: number }} need
 * @param {Record<string, any>} values
 * @param {(line: string) => void} say
 * @throws {AmpcfError} OUT_OF_MEMORY
 */
export function checkMemory({ bytes, vectors, neighbours }, values, say) {
  const limit = memoryLimit(values);
  const parts = ` (vectors ${fileSize(vectors)}, neighbours ${fileSize(neighbours)})`;
  say(`memory   ${fileSize(bytes)} for the training${neighbours > 0 ? parts : ''}`);
  if (bytes <= limit.bytes) return;
  const got = `${fileSize(Math.floor(limit.bytes))} from ${limit.name}`;
  const less = `a smaller --dim${neighbours > 0 ? ', fewer --neighbours' : ''} or a larger --min-support`;
  throw new AmpcfError(
    'OUT_OF_MEMORY',
    `the training needs ${fileSize(bytes)}, got ${got}, wanted at least as much: ${less} needs less`,
  );
}
