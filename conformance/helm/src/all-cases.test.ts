import assert from 'node:assert/strict';
import { test } from 'node:test';
import { functionGroups } from './cases/functions.ts';
import { language } from './cases/language.ts';
import { compareCases } from './compare-cases.ts';

for (const group of [language, ...functionGroups]) {
  test(`renders as helm does: ${group.name} (${group.cases.length} cases)`, async () => {
    const differences = await compareCases(group);
    assert.deepEqual(differences, []);
  });
}
