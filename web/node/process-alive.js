// Owns whether a process of this machine still lives. Must not end or signal one.

/** @param {number} pid */
export function isDead(pid) {
  if (pid === 0) return true; // kill(0) would ask about our own group
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}
