import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openLogFile } from './log-file.ts';

test('a file that has grown past its limit is set aside once, and only its owner may read either', () => {
  const directory = mkdtempSync(join(tmpdir(), 'kindred-log-'));
  const path = join(directory, 'a.log');
  try {
    const log = openLogFile(path, 10);
    for (const line of ['first line\n', 'second line\n', 'third line\n']) log.write(line);
    log.close();
    log.write('after the end');
    assert.equal(readFileSync(path, 'utf8'), 'third line\n');
    assert.equal(readFileSync(`${path}.1`, 'utf8'), 'second line\n');
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const again = openLogFile(path, 100);
    again.write('more\n');
    again.close();
    assert.equal(readFileSync(path, 'utf8'), 'third line\nmore\n');
  } finally {
    rmSync(directory, { recursive: true });
  }
});
