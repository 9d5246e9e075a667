// Owns what a command says on stderr while it works: notes, and progress as one moving line on a terminal or
// a few plain lines elsewhere. Must not write to stdout.
import { terminalWidth } from './layout.js';
import { bar, count, fit, percent } from './print.js';
import { complain, overwriteLine } from './terminal.js';

/**
 * What every part of a command is given.
 * @typedef {object} Io
 * @property {AbortSignal} signal aborts when the command is interrupted
 * @property {boolean} quiet whether to say nothing but the result
 * @property {(line: string) => void} say writes a note to stderr, unless quiet
 */

/**
 * @param {Record<string, any>} values of the command line
 * @param {AbortSignal} signal
 * @returns {Io}
 */
export function ioOf(values, signal) {
  const quiet = Boolean(values.quiet);
  const say = (/** @type {string} */ line) => {
    if (!quiet) complain(`${line}\n`);
  };
  return { signal, quiet, say };
}

/**
 * @param {string} label
 * @param {{ quiet?: boolean, after?: number, stream?: NodeJS.WriteStream }} [options]
 *   `after`: milliseconds before the first sign, for work that is usually done by then
 * @returns {{ update(done: number, total: number, note?: string): void, finish(text?: string): void }}
 */
export function progress(label, { quiet = false, after = 0, stream = process.stderr } = {}) {
  const began = performance.now();
  let shown = 0;
  let line = false;
  let tenth = 0;
  return {
    update(done, total, note = '') {
      const now = performance.now();
      const share = total > 0 ? done / total : 0;
      if (quiet || now - began < after || (stream.isTTY && now - shown < 80 && done < total)) return;
      shown = now;
      const seconds = (now - began) / 1000;
      const left = share > 0.02 ? `, ${Math.ceil(seconds / share - seconds)} s left` : '';
      const rest = `  ${seconds.toFixed(0)} s${done < total ? left : ''}`;
      const text = `${label} ${percent(share)}${note ? `  ${note}` : ''}${rest}`;
      if (stream.isTTY) {
        const drawn = `${label} ${bar(share, 24)} ${text.slice(label.length + 1)}`;
        overwriteLine(stream, fit(drawn, terminalWidth(stream) - 1));
        line = true;
      } else if (Math.floor(share * 4) > tenth) {
        // A log gets a line a quarter, not a bar.
        tenth = Math.floor(share * 4);
        complain(`${text}\n`, stream);
      }
    },
    finish(text) {
      if (line) overwriteLine(stream, '');
      line = false;
      if (text && !quiet) complain(`${text}\n`, stream);
    },
  };
}

/**
 * One line for each stage of long work, with its rate; lines of work that is done at once are not shown.
 * @param {boolean} quiet
 * @param {{ after?: number }} [options] milliseconds before a stage is shown
 */
export function stages(quiet, { after = 500 } = {}) {
  /** @type {{ stage: string, began: number, line: ReturnType<typeof progress> } | undefined} */
  let now;
  const finish = () => now?.line.finish();
  return {
    /**
     * @param {string} stage
     * @param {number} done
     * @param {number} total
     * @param {string} [note] before the rate
     * @param {string} [unit] of the rate
     */
    update(stage, done, total, note = '', unit = '') {
      if (now?.stage !== stage) {
        finish();
        now = { stage, began: performance.now(), line: progress(stage, { quiet, after }) };
      }
      const rate = done / Math.max((performance.now() - now.began) / 1000, 1e-3);
      now.line.update(done, total, `${note}${note && '  '}${count(Math.round(rate))}${unit && ` ${unit}`}/s`);
    },
    finish,
  };
}
