/** The example of a custom API server, run by path as users do, and driven by the real kubectl through the aggregator. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { TestPlatform } from '@kindred-conformance/clients';

let platform: TestPlatform;
const ok = (...args: string[]): Promise<string> => platform.kubectlOk(args);

before(async () => {
  const extension = fileURLToPath(new URL('../../../examples/image-inventory/dist/extension.js', import.meta.url));
  platform = await TestPlatform.start({ args: ['--extensions', extension, '--runtime', 'none'] });
  await ok('run', 'web', '--image=nginx:alpine');
});
after(() => platform.stop());

test('its kinds are found, listed and explained', async () => {
  assert.match(await ok('get', 'apiservices'), /^v1.inventory.example.com +kube-system\/kindred-inventory +True /m);
  assert.match(
    await ok('get', 'ri'),
    /^NAME +IMAGE +PODS +READY +RESTARTS\nnginx-alpine-\w{6} +nginx:alpine +1 +0 +0\n$/,
  );
  assert.match(await ok('get', 'ri', '-A', '-o', 'yaml'), /^ {4}image: nginx:alpine$/m);
  assert.match(await ok('explain', 'runningimages.spec.pods'), /Pods with a container of the image\./);
  const { stderr } = await platform.kubectl(['delete', 'ri', '--all']);
  assert.match(stderr, /MethodNotAllowed/);
});

test('a watch follows what the view is made of', async () => {
  await using watch = await platform.startKubectl(['get', 'ri', '-w', '--no-headers']);
  await watch.prints(/nginx:alpine +1 /);
  await ok('run', 'second', '--image=nginx:alpine');
  await watch.prints(/nginx:alpine +2 /);
});

test('what it stores is created, applied, refused and deleted like everything else', async () => {
  const file = join(platform.directory, 'review.yaml');
  const write = (verdict: string, image = 'nginx:alpine') =>
    writeFile(
      file,
      `apiVersion: inventory.example.com/v1\nkind: ImageReview\nmetadata:\n  name: nginx\nspec:\n  image: ${image}\n  verdict: ${verdict}\n`,
    );
  await write('approved');
  await ok('create', '--save-config', '-f', file);
  assert.match(await ok('get', 'imagereview', 'nginx'), /nginx:alpine +approved +kubernetes-admin/);
  await write('rejected');
  const applied = await platform.kubectl(['apply', '-f', file]);
  assert.match(applied.stderr, /^Warning: nginx:alpine is rejected, and runs in 2 pods of namespace default$/m);
  assert.equal(applied.stdout, 'imagereview.inventory.example.com/nginx configured\n');
  await write('rejected', 'other');
  const refused = await platform.kubectl(['apply', '--server-side', '--force-conflicts', '-f', file]);
  assert.match(refused.stderr, /spec.image: Forbidden: a review is of one image for good/);
  assert.equal(await ok('delete', 'ir', 'nginx'), 'imagereview.inventory.example.com "nginx" deleted\n');
});
