// Owns writing the demo's invented people as a ratings file, for commands that train from files. Must not
// write anything else.
//   node examples/demo/ratings.js FILE [PEOPLE]
import { createWriteStream } from 'node:fs';
import { demoPeople } from './people.js';
import { loadFilms } from './train.js';

const [path, number = '4000'] = process.argv.slice(2);
const people = Number(number);
if (!path || !(Number.isInteger(people) && people > 0)) {
  process.stderr.write(`got ${process.argv.slice(2).join(' ')}, wanted FILE and a number of people\n`);
  process.exit(2);
}
const films = await loadFilms();
const out = createWriteStream(path);
out.write('user,item,time\n');
let events = 0;
for (const { id, history } of demoPeople(films, { people })) {
  out.write(history.map(({ item, at }) => `${id},${item},${at}\n`).join(''));
  events += history.length;
}
out.end(() => process.stdout.write(`${path}: ${events} films liked by ${people} invented people\n`));
