import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStatusError } from '@kindred/machinery';
import fc from 'fast-check';
import { pageOf, parsePagePosition } from './page.ts';

test('pages of any size show each item once, in order, and say how many are left', () => {
  const keys = fc.uniqueArray(
    fc.string({ minLength: 1 }).filter((key) => !key.includes('\n')),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 7 }), (unsorted, limit) => {
      const all = unsorted.toSorted((a, b) => (a < b ? -1 : 1));
      const seen: string[] = [];
      let token = '';
      do {
        const { after = '' } = parsePagePosition(token) ?? {};
        const page = pageOf(all, (key) => key, { limit, resourceVersion: '42', after });
        assert.ok(page.items.length <= limit);
        seen.push(...page.items);
        if (page.continue !== undefined) assert.equal(page.remainingItemCount, all.length - seen.length);
        token = page.continue ?? '';
        if (token !== '') assert.equal(parsePagePosition(token)?.resourceVersion, '42');
      } while (token !== '');
      assert.deepEqual(seen, all);
    }),
  );
});

test('without a limit there is one page; tokens of others are refused', () => {
  assert.deepEqual(pageOf(['a', 'b'], String, { limit: 0, resourceVersion: '1', after: '' }), { items: ['a', 'b'] });
  for (const token of ['x', 'eyJ2IjoibWV0YSJ9', Buffer.from('1\n').toString('base64url')]) {
    assert.throws(
      () => parsePagePosition(token),
      (error) => isStatusError(error, 'BadRequest'),
    );
  }
});
