// Owns the wording of system errors of files. Must not touch a file.
import { AmpcfError } from '../core/errors.js';

/** @type {Record<string, string>} */
const REASONS = {
  ENOENT: 'no such file',
  EACCES: 'permission denied',
  EEXIST: 'is there and is no folder',
  EPERM: 'operation not permitted',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'disk quota used up',
  EROFS: 'the disk is read-only',
  EPIPE: 'the reader of the pipe has gone',
};

/**
 * A system error as an AmpcfError; anything that is not a system error is returned as it is.
 * @param {string} action what was tried: read, write
 * @param {string} path
 * @param {unknown} cause
 * @param {string} [name] what messages call the path
 */
export function ioError(action, path, cause, name = path) {
  const reason = /** @type {NodeJS.ErrnoException} */ (cause)?.code;
  if (!(cause instanceof Error) || cause instanceof AmpcfError || typeof reason !== 'string') return cause;
  const code = reason === 'ENOSPC' || reason === 'EDQUOT' ? 'DISK_FULL' : 'IO';
  const message = `${name}: cannot ${action}: ${REASONS[reason] ?? cause.message} (${reason})`;
  return new AmpcfError(code, message, { path, reason, cause });
}
