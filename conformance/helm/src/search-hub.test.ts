import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandComparison } from './fixtures/compare-commands.ts';
import { RepositoryServer } from './fixtures/repository-server.ts';

const SEARCH = '/api/chartsvc/v1/charts/search';

test('searches a hub as helm does', async (t) => {
  const server = await RepositoryServer.start();
  const both = await CommandComparison.start({ normalize: (text) => text.replaceAll(server.url, 'URL') });
  t.after(async () => {
    await both.close();
    await server.close();
  });
  const hub = (id: string, more: object = {}): object => ({
    id,
    type: 'chart',
    attributes: {
      name: 'web',
      description: `About ${id} <b>`,
      repo: { name: 'stable', url: 'https://example.org/charts' },
    },
    relationships: { latestChartVersion: { data: { version: '1.2.3', app_version: '4.5' } } },
    ...more,
  });
  const answer = {
    data: [
      hub('stable/web'),
      hub('x/y', { artifactHub: { packageUrl: 'https://hub.example.org/x/y' } }),
      { id: 'bare' },
    ],
  };
  const lines = [
    'search hub web',
    'search hub a b --list-repo-url',
    'search hub web -o json',
    'search hub web -o yaml',
    'search hub web --max-col-width 12',
    'search hub web --fail-on-no-result',
  ].map((line) => ({ words: [...line.split(' '), '--endpoint', server.url] }));
  server.put(SEARCH, JSON.stringify(answer), { headers: { 'content-type': 'application/json' } });
  const found = await both.run(lines);
  server.put(SEARCH, '{"data":[]}');
  const none = await both.run(lines);
  server.put(SEARCH, 'oops');
  const [bad] = await both.run(lines.slice(0, 1));
  // The real helm takes an answer that isn't JSON for one without results.
  assert.deepEqual([bad?.helm.stdout, bad?.ours.code], ['No results found\n', 1]);
  server.files.delete(SEARCH);
  const gone = await both.run([...lines.slice(0, 1), { words: ['search', 'hub', 'x', '--endpoint', 'nonsense'] }]);
  const differences = [...found, ...none, ...gone];
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
});
