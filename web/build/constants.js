// Owns the facts that live in one place and are needed in JavaScript too. Must not write.
import { readFileSync } from 'node:fs';

/**
 * What the bundler puts in place of two names.
 * @param {URL} root the repository, ending in /
 */
export function constants(root) {
  const header = readFileSync(new URL('include/ampcf.h', root), 'utf8');
  const selfTest = /#define AMPCF_SELF_TEST (0x[0-9A-F]+)u/.exec(header);
  if (!selfTest) throw new Error('include/ampcf.h: AMPCF_SELF_TEST not found');
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return { AMPCF_SELF_TEST: String(Number(selfTest[1])), AMPCF_VERSION: JSON.stringify(version) };
}
