// Owns how a process signs the files it leaves for others, and whether the one that signed still lives. Must
// not end or signal one.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Where the numbers of processes mean what they mean here: a container has numbers of its own, and another
 * machine too. Where that cannot be told, every process is alone.
 */
function placeOf() {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    const text = `${boot.trim()} ${readlinkSync('/proc/self/ns/pid')}`;
    return createHash('sha256').update(text).digest('hex').slice(0, 12);
  } catch {
    return randomBytes(6).toString('hex');
  }
}

const place = placeOf();

/** The signature of a process: its number and its place, as in the names of its files. */
export const signature = /[0-9]{1,10}-[0-9a-f]{12}/;

/**
 * A name that no other process gives, signed.
 * @param {number} [pid]
 */
export const signedName = (pid = process.pid) => `${pid}-${place}-${randomBytes(6).toString('hex')}`;

/** @param {number} pid */
function isDead(pid) {
  if (pid === 0) return true; // kill(0) would ask about our own group
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/**
 * What is known here of the process that signed a name. Elsewhere its number belongs to others, or to nobody.
 * @param {string} name
 * @returns {'dead' | 'alive' | 'elsewhere'}
 */
export function fateOf(name) {
  const [, pid, where] = /^([0-9]{1,10})-([0-9a-f]{12})-/.exec(name) ?? [];
  if (where !== place) return 'elsewhere';
  return isDead(Number(pid)) ? 'dead' : 'alive';
}
