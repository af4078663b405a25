import assert from 'node:assert/strict';
import { test } from 'node:test';
import { specSuites } from '../testing.test.fixture.ts';
import { debugText, kindOf } from './debug-text.test.fixture.ts';
import { parse } from './parser.ts';
import { standardMacros } from './standard-macros.ts';

const options = { macros: standardMacros, optionalSyntax: false, quotedFields: false, maxNesting: 32 };

test('trees are those of cel-go, and so is the first line of each syntax error', () => {
  const wrong: string[] = [];
  const messages: string[] = [];
  let trees = 0;
  let faults = 0;
  for (const { name, original, ast, error } of Object.values(specSuites).flat()) {
    const parsed = parse(original.expr, options);
    if (ast === undefined) {
      faults++;
      if (!('errors' in parsed)) wrong.push(`${name}: accepted ${original.expr}`);
      else if (withoutPlace(parsed.errors) !== withoutPlace(error ?? ''))
        messages.push(`${original.expr}\n  ${withoutPlace(parsed.errors)}\n  ${withoutPlace(error ?? '')}`);
    } else {
      trees++;
      if ('errors' in parsed) wrong.push(`${name}: ${original.expr} ${parsed.errors}`);
      else if (debugText(parsed.expr, kindOf) !== ast)
        wrong.push(`${name}: ${original.expr}\n${debugText(parsed.expr, kindOf)}\n${ast}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.equal(trees, 2573);
  // ANTLR's recovery words some faults in its own way; the place is the same in nearly all of them.
  assert.deepEqual({ faults, worded: messages.length }, { faults: 192, worded: 21 });
});

/** The first line, without the input's name, which is the case's there. */
function withoutPlace(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/^ERROR: .*?:(-?\d+:\d+:)/, '$1');
}
