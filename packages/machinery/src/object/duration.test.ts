import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatAge, formatDuration, parseDuration } from './duration.ts';
import { formatMicroTime, formatTime, parseTime } from './time.ts';

test('prints ages as kubectl does', () => {
  const s = 1000;
  const h = 3600 * s;
  const cases: [number, string][] = [
    [-5 * s, '<invalid>'],
    [-1 * s, '0s'],
    [0, '0s'],
    [5 * s, '5s'],
    [119 * s, '119s'],
    [120 * s, '2m'],
    [200 * s, '3m20s'],
    [10 * 60 * s, '10m'],
    [179 * 60 * s, '179m'],
    [3 * h, '3h'],
    [5 * h + 7 * 60 * s, '5h7m'],
    [9 * h + 59 * 60 * s, '9h'],
    [51 * h, '2d3h'],
    [72 * h, '3d'],
    [17 * 24 * h, '17d'],
    [(3 * 365 + 45) * 24 * h, '3y45d'],
    [4 * 365 * 24 * h, '4y'],
    [9 * 365 * 24 * h, '9y'],
  ];
  for (const [milliseconds, expected] of cases) assert.equal(formatAge(milliseconds), expected);
});

test('reads and prints Go durations', () => {
  const cases: [string, number | undefined][] = [
    ['0', 0],
    ['1h30m', 5_400_000],
    ['1.5s', 1500],
    ['-2m', -120_000],
    ['100ms', 100],
    ['1h0m0.5s', 3_600_500],
    ['', undefined],
    ['5', undefined],
    ['5 s', undefined],
    ['1d', undefined],
    ['1s2', undefined],
  ];
  for (const [text, expected] of cases) assert.equal(parseDuration(text), expected, text);
  assert.equal(formatDuration(5_400_000), '1h30m0s');
  fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), (ms) => parseDuration(formatDuration(ms)) === ms));
});

test('reads and prints timestamps', () => {
  assert.equal(formatTime(1714557600999), '2024-05-01T10:00:00Z');
  assert.equal(formatMicroTime(1714557600250), '2024-05-01T10:00:00.250000Z');
  assert.equal(parseTime('2024-05-01T12:00:00+02:00'), 1714557600000);
  assert.equal(parseTime('2024-05-01T10:00:00.250000Z'), 1714557600250);
  for (const text of ['2024-02-30T10:00:00Z', '2024-05-01', '2024-05-01 10:00:00Z', '', 'x']) {
    assert.equal(parseTime(text), undefined, text);
  }
});
