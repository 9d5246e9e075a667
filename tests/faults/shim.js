// Owns programs that run while the n-th call that changes a file fails or kills them (io_faults.c). Must
// leave nothing outside the folder it is given.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {{ at: number, how: string }} Fault `kill`, `torn` or an errno, as io_faults.c takes it */
/** @typedef {{ status: number | null, signal: string | null, stdout: string, stderr: string }} Ended */

const source = fileURLToPath(new URL('io_faults.c', import.meta.url));

/**
 * The library, compiled; or why it cannot be.
 * @param {string} folder
 */
export function buildShim(folder) {
  if (process.platform !== 'linux') return { why: 'skipped: LD_PRELOAD is of Linux' };
  const path = join(folder, 'io_faults.so');
  const args = ['-O1', '-shared', '-fPIC', source, '-o', path, '-ldl', '-lpthread'];
  const { error, status, stderr } = spawnSync('cc', args, { encoding: 'utf8' });
  if (error) return { why: 'skipped: no C compiler here' };
  return status === 0 ? { path } : { why: `skipped: the compiler here cannot: ${stderr.slice(0, 200)}` };
}

/**
 * Node with these arguments, and a fault below `folder`.
 * @param {{ path: string, folder: string, log?: string, fault?: Fault }} shim
 * @param {string[]} args
 * @returns {Promise<Ended>}
 */
export function runUnder({ path, folder, log = '', fault = { at: 0, how: '' } }, args) {
  const env = {
    ...process.env,
    LD_PRELOAD: path,
    AMPCF_FAULT_FOLDER: folder,
    AMPCF_FAULT_AT: String(fault.at),
    AMPCF_FAULT_HOW: fault.how,
    ...(log && { AMPCF_FAULT_LOG: log }),
  };
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('close', (status, signal) => resolve({ status, signal, stdout, stderr }));
  });
}

/**
 * The calls that a program makes when none fails, in order.
 * @param {{ path: string, folder: string }} shim
 * @param {string[]} args
 */
export async function callsOf(shim, args) {
  const log = `${shim.path}.log`;
  if (existsSync(log)) rmSync(log);
  const ended = await runUnder({ ...shim, log }, args);
  if (ended.status !== 0) throw new Error(ended.stderr);
  return readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[1]);
}

/**
 * Each call as a death, each write as a torn one, and each call as these errors.
 * @param {string[]} calls
 * @param {number[]} errors
 */
export const faultsAt = (calls, errors) =>
  calls.flatMap((call, i) =>
    ['kill', ...(call === 'write' ? ['torn'] : []), ...errors.map(String)].map((how) => ({ at: i + 1, how })),
  );
