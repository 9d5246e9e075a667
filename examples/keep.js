#!/usr/bin/env node
// Owns the example of keeping a profile in Node: run it twice with one folder, and the second run
// remembers. Must keep to that folder; without one it makes a temporary folder.
//   npm start && node examples/keep.js [FOLDER]
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from 'ampcf';
import { fileStore } from 'ampcf/node-store';
import { keepProfile } from 'ampcf/store';

const folder = process.argv[2] || join(mkdtempSync(join(tmpdir(), 'ampcf-example-')), 'profile'),
  modelPath = process.argv[3] ?? new URL('../dist/demo/films.ampcf', import.meta.url);
const model = await loadModel(readFileSync(modelPath));
/** @param {import('ampcf/store').KeepEvent} event */
const say = ({ type, reason }) => console.log(`${type}: ${reason}`);

const kept = await keepProfile(model, fileStore(folder), { onEvent: say });
console.log(
  kept.profile.size === 0
    ? `Nothing is kept in ${folder} yet.`
    : `Remembered from ${folder}: ${kept.profile.history.map(({ item }) => item).join(', ')}`,
);

// Each run likes one film more: the best that is not in the history yet.
const [best] = kept.profile.recommend({ topK: 1 }).items;
kept.profile.add({ item: best.item, at: Math.floor(Date.now() / 1000) });
console.log(`Liked now: ${best.title}`);
console.log(`Stored: ${await kept.close()}`);

// The same, encrypted: AES-GCM with a key that cannot be read out again, made from a passphrase. An app has a
// random salt for each person.
const passphrase = new TextEncoder().encode(process.env.PASSPHRASE ?? 'only for this example');
const material = await webcrypto.subtle.importKey('raw', passphrase, 'PBKDF2', false, ['deriveKey']);
const salt = new TextEncoder().encode('a salt, kept beside the profile');
const key = await webcrypto.subtle.deriveKey(
  { name: 'PBKDF2', hash: 'SHA-256', iterations: 600_000, salt },
  material,
  { name: 'AES-GCM', length: 256 },
  false,
  ['encrypt', 'decrypt'],
);
const secret = await keepProfile(model, fileStore(`${folder}-encrypted`), { key, onEvent: say });
secret.profile.add(best.item);
console.log(`Encrypted: ${secret.profile.size} kept, stored: ${await secret.close()}`);

// Without the key nothing is read, and nothing is overwritten.
await keepProfile(model, fileStore(`${folder}-encrypted`)).catch(({ code }) =>
  console.log(`Without the key: ${code}`),
);
