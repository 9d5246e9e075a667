// Owns how much memory a command may take: what it was told, or most of what is free. Must not know what for.
import { freemem, totalmem } from 'node:os';
import { sizeOption } from './options.js';

const freeShare = 0.8;

/** Bytes that are free, where a container has less than the machine, of those. */
function freeBytes() {
  const most = process.constrainedMemory?.() ?? 0;
  const isLimited = most > 0 && most < totalmem();
  return isLimited ? Math.min(freemem(), Math.max(0, most - process.memoryUsage.rss())) : freemem();
}

/**
 * Bytes that runs may take.
 * @param {Record<string, any>} values
 */
export function memoryLimit(values) {
  const asked = sizeOption(values, 'max-memory');
  return asked === undefined
    ? {
        bytes: freeShare * freeBytes(),
        name: '80 % of the free memory (--max-memory SIZE sets another limit)',
      }
    : { bytes: asked, name: '--max-memory' };
}
