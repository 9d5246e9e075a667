// Owns the words for a model file that the core refuses. A chunk of its own: only who has such a file
// downloads it. Must not decide what is refused.
import { ampcf_fault, sectionNames, statusNames } from './abi.js';
import { hexOf } from './bytes.js';
import { terminatedText } from './memory.js';
import { readStruct } from './struct.js';

/** @import { WasmMemory } from './memory.js' */

/**
 * How files begin that are often taken for a model.
 * @type {readonly [begins: RegExp, what: string][]}
 */
const kinds = [
  [/^$/, 'an empty file'],
  [/^\s*</, 'an HTML or XML page'],
  [/^PK\x03\x04/, 'a zip file'],
  [/^version https/, 'a Git LFS pointer, not the file itself'],
  [/^\s*[{[]/, 'JSON text'],
  [/^\0asm/, 'a WebAssembly module'],
  [/^\x89AME\r\n/, 'an evidence file of ampcf evidence: loadEvidence opens it'],
  [/^[^\0-\x08\x0e-\x1f]+[,;\t|]/, 'text in columns, such as CSV'],
];

/**
 * What a file that is not ours probably is.
 * @param {Uint8Array} bytes
 */
function guessKind(bytes) {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  const kind = kinds.find(([begins]) => begins.test(head))?.[1];
  return kind ?? `an unknown file beginning with ${hexOf(bytes.subarray(0, 8))}`;
}

/**
 * @param {WasmMemory} memory where the file was refused
 * @param {Uint8Array} head how the file begins
 * @param {number} status
 * @param {Uint8Array<ArrayBuffer>} fault
 * @returns {[message: string, details: Record<string, unknown>]} of the error, which is made by who asked:
 *   were the file that loads this one imported here, Parcel 2 would lose it in workers
 */
export function refusal(memory, head, status, fault) {
  const code = statusNames[status];
  const { section: type, what, offset, got, wanted, status: reason } = readStruct(ampcf_fault, fault);
  // The core without reasons, where the one with them is out of reach.
  if (reason === 0 && code !== 'BAD_MAGIC') return [`model file refused: ${code}`, {}];
  const section = sectionNames[type] ?? `section type ${type}`;
  return [
    code === 'BAD_MAGIC'
      ? `not an ampcf model file: got ${guessKind(head)}`
      : `model file refused (${code}): ${terminatedText(memory, what)} in ${section} at byte ${offset}: ` +
        `got ${got}, wanted ${wanted}`,
    { section, offset, got, wanted },
  ];
}
