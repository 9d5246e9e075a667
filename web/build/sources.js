// Owns reading src/sources.txt, the one list of C sources and exports. Must not know what is done with them.
import { readFileSync } from 'node:fs';

/**
 * @param {URL} root the repository, ending in /
 * @returns {Record<string, string[]>} group name -> lines
 */
export function readSourceGroups(root) {
  /** @type {Record<string, string[]>} */
  const groups = {};
  /** @type {string[] | undefined} */
  let group;
  for (const line of readFileSync(new URL('src/sources.txt', root), 'utf8').split(/\r?\n/)) {
    if (line === '' || line.startsWith('#')) continue;
    const header = /^\[(.+)\]$/.exec(line);
    if (header) groups[header[1]] = group = [];
    else if (group) group.push(line);
    else throw new Error(`src/sources.txt: line outside a [group]: ${line}`);
  }
  return groups;
}
