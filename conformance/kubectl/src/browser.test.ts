/** The page of the Website, as a browser shows it. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { TestPlatform } from '@kindred-conformance/clients';
import { chromium } from 'playwright-core';

const executablePath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((directory) => join(directory, 'chromium'))
  .find((path) => existsSync(path));

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const skip = executablePath === undefined && 'needs Chromium (Debian package chromium)';

test('Chromium renders the page of the Website kubia', { skip }, async () => {
  await using platform = await TestPlatform.start();
  const profile = join(platform.directory, 'profile');
  const browser = await chromium.launchPersistentContext(profile, {
    headless: true,
    args,
    ...(executablePath === undefined ? {} : { executablePath }),
  });
  try {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('requestfailed', (request) => problems.push(request.url()));
    const response = await page.goto(platform.printed('page'));
    assert.equal(response?.status(), 200);
    assert.equal(response.headers()['content-type'], 'text/html');
    assert.match(await page.title(), /\S/);
    assert.ok(await page.locator('h1').first().isVisible());
    // The style sheet came with its media type, and is in force.
    const width = await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth');
    assert.equal(width, '640px');
    assert.deepEqual(problems, []);
  } finally {
    await browser.close();
  }
});
