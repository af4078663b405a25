import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestTime, nextTime, parseSchedule } from './cron-schedule.ts';

const cases: [schedule: string, after: string, next: string, timeZone?: string][] = [
  ['*/15 * * * *', '2026-01-01T10:07:30Z', '2026-01-01T10:15:00Z'],
  ['*/15 * * * *', '2026-01-01T10:15:00Z', '2026-01-01T10:30:00Z'],
  ['0 9-17/4 * * MON-FRI', '2026-01-02T17:00:00Z', '2026-01-05T09:00:00Z'],
  ['30 3 1 * *', '2026-01-31T00:00:00Z', '2026-02-01T03:30:00Z'],
  ['0 0 29 2 *', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  // Both days restricted: either will do.
  ['0 0 13 * FRI', '2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z'],
  ['0 0 13 * FRI', '2026-01-10T00:00:00Z', '2026-01-13T00:00:00Z'],
  ['@hourly', '2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z'],
  ['@yearly', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
  ['@every 90s', '2026-01-01T00:00:00Z', '2026-01-01T00:01:30Z'],
  ['0 9 * * *', '2026-07-01T00:00:00Z', '2026-07-01T07:00:00Z', 'Europe/Berlin'],
  // Clocks go from 2:00 to 3:00: that day has no half past two.
  ['30 2 * * *', '2026-03-28T12:00:00Z', '2026-03-30T00:30:00Z', 'Europe/Berlin'],
  // Clocks go back from 3:00 to 2:00: the first half past two counts.
  ['30 2 * * *', '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z', 'Europe/Berlin'],
];

for (const [schedule, after, next, timeZone = 'Etc/UTC'] of cases) {
  test(`${schedule} after ${after} in ${timeZone}`, () => {
    const time = nextTime(parseSchedule(schedule, timeZone), Date.parse(after));
    assert.equal(time === undefined ? undefined : new Date(time).toISOString(), new Date(next).toISOString());
  });
}

test('a day that never comes', () => {
  assert.equal(nextTime(parseSchedule('0 0 30 2 *', 'Etc/UTC'), 0), undefined);
});

test('the latest of many missed times is found quickly', () => {
  const schedule = parseSchedule('0 9 * * MON', 'Etc/UTC');
  const latest = latestTime(schedule, 0, Date.parse('2026-01-04T00:00:00Z'));
  assert.equal(new Date(latest ?? 0).toISOString(), '2025-12-29T09:00:00.000Z');
  assert.equal(latestTime(schedule, Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-04T00:00:00Z')), undefined);
});

test('what is no schedule is refused', () => {
  for (const text of ['', '* * * *', '60 * * * *', '* * * * FOO', '5-1 * * * *', '*/0 * * * *', '@every x']) {
    assert.throws(() => parseSchedule(text, 'Etc/UTC'), RangeError, text);
  }
  assert.throws(() => parseSchedule('* * * * *', 'Mars/Olympus'), RangeError);
});
