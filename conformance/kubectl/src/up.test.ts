/** `kindred up` as a person sees it: the page, a new commit, the end by a signal, and everything still there afterwards. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, processes, TestPlatform, withDescendants } from '@kindred-conformance/clients';
import { commitPage } from './git-site.ts';
import { fetchPage, pageShows } from './page.ts';

let platform: TestPlatform;
let uids: string;

before(async () => {
  platform = await TestPlatform.start();
});
after(() => platform.stop());

const allUids = [
  'get',
  'ns,sa,cm,crd,clusterroles,websites,deploy,rs,svc,pods',
  '--all-namespaces',
  '-o',
  'jsonpath={range .items[*]}{.kind} {.metadata.namespace}/{.metadata.name} {.metadata.uid}{"\\n"}{end}',
];

test('the start says where everything is, and warns of nothing', () => {
  assert.match(platform.output, /^Ready in \d+ ms: https:\/\/127\.0\.0\.1:\d+$/m);
  assert.equal(platform.printed('kubeconfig'), platform.kubeconfig);
  assert.doesNotMatch(platform.output, /Warning/);
});

test('the page of the Website kubia is served', async () => {
  await pageShows(platform.printed('page'), '<html');
  assert.match(await platform.kubectlOk(['get', 'website', 'kubia']), /^kubia +file:\S+ +True +http:\S+ +\d+s$/m);
});

test('a commit in its repository changes the page within seconds', async () => {
  await commitPage(platform.printed('repository'), '<!doctype html><title>New</title>The second page');
  await pageShows(platform.printed('page'), 'The second page', 12_000);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends it within 5 s, and leaves no process`, async () => {
    uids = await platform.kubectlOk(allUids);
    assert.match(uids, /^Website default\/kubia /m);
    const own = withDescendants(platform.pid);
    assert.ok(own.length > 3, 'the platform, the node agent and the pod have processes');
    const { code, milliseconds } = await platform.end(signal);
    assert.equal(code, 0, platform.output);
    assert.ok(milliseconds < 5000, `took ${milliseconds} ms`);
    // A process that has been ended needs a moment to be gone.
    await eventually(
      'the end of all processes',
      () => {
        const left = processes().filter(
          ({ pid, started, words }) =>
            words.includes(platform.directory) ||
            own.some((figure) => figure.pid === pid && figure.started === started),
        );
        if (left.length === 0) return true;
        throw new Error(`left: ${left.map(({ pid, words }) => `${pid} ${words.slice(0, 200)}`).join('\n')}`);
      },
      { timeout: 3000 },
    );
  });

  test(`after ${signal} the next start finds all objects, and serves the page again`, async () => {
    const { directory } = platform;
    assert.equal(await fetchPage(platform.printed('page')), undefined);
    platform = await TestPlatform.start({ directory });
    const found = new Set((await platform.kubectlOk(allUids)).split('\n'));
    for (const line of uids.split('\n')) assert.ok(found.has(line), `${line} is gone`);
    await pageShows(platform.printed('page'), 'The second page');
  });
}

test('a second platform on the same data directory is refused', async () => {
  await assert.rejects(TestPlatform.start({ directory: platform.directory }), (error) => {
    assert.match(String(error), /in use/);
    return true;
  });
});
