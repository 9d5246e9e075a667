// Owns the tests of rewriting a section between markers. Must not need a document of the repository.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSection } from './marked-section.js';

const empty = '# A\n\n<!-- a -->\n<!-- /a -->\n\n<!-- b -->\nB\n<!-- /b -->\n';

test('a section is replaced, the rest of the text stays', () => {
  const once = withSection(empty, 'a', '| $& | $1 |');
  assert.equal(once, '# A\n\n<!-- a -->\n| $& | $1 |\n<!-- /a -->\n\n<!-- b -->\nB\n<!-- /b -->\n');
  assert.equal(withSection(withSection(empty, 'a', 'before'), 'a', '| $& | $1 |'), once);
});

test('markers that are missing, twice or in another order are refused', () => {
  for (const text of ['', '<!-- a -->', '<!-- /a -->\n<!-- a -->', `${empty}<!-- a -->`])
    assert.throws(() => withSection(text, 'a', 'block'), /wanted <!-- a --> and <!-- \/a -->/);
});
