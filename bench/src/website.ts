/** From the create of a Website to its page being served on a node port, repository and all. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { eventually, TestPlatform } from '@kindred-conformance/clients';
import { atMost, printFigure } from './report.ts';
import { median } from './rounds.ts';

const rounds = 5;
const interval = 10;

export async function benchWebsite(): Promise<void> {
  const platform = await TestPlatform.start();
  try {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) times.push(await createdToServed(platform, `bench-${round}`));
    printFigure('Website created to page served', 'ms', median(times), atMost(3000, ' ms'));
  } finally {
    await platform.stop();
  }
}

async function createdToServed(platform: TestPlatform, name: string): Promise<number> {
  const repository = pathToFileURL(join(platform.directory, 'data', 'examples', 'website', 'site')).href;
  const website = {
    apiVersion: 'extensions.example.com/v1',
    kind: 'Website',
    metadata: { name },
    spec: { gitRepo: repository },
  };
  await platform.kubectlOk(['create', '-f', '-'], { input: JSON.stringify(website) });
  const started = performance.now();
  const port = await eventually('the node port', () => nodePort(platform, name), { interval });
  await eventually('the page', () => isServed(port), { interval });
  return performance.now() - started;
}

async function nodePort(platform: TestPlatform, name: string): Promise<string | undefined> {
  const path = 'jsonpath={.spec.ports[0].nodePort}';
  const port = await platform.kubectlOk(['get', 'service', `${name}-website`, '--ignore-not-found', '-o', path]);
  return port === '' ? undefined : port;
}

async function isServed(port: string): Promise<true | undefined> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) });
  await response.arrayBuffer();
  return response.ok ? true : undefined;
}
