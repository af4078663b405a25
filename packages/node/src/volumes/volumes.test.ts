import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import type { PodSpec, Volume } from '@kindred/apis/core/v1';
import { ManualClock } from '@kindred/machinery';
import { MemoryCluster } from '../testing/memory-cluster.ts';
import { writeVolume } from './atomic-writer.ts';
import { PodVolumes } from './pod-volumes.ts';
import { TokenSource } from './service-account-token.ts';
import { VolumeError } from './volume-files.ts';
import { volumeFiles } from './volume-sources.ts';

const root = mkdtempSync(join(tmpdir(), 'kindred-volumes-'));
after(() => rmSync(root, { recursive: true, force: true }));

const clock = new ManualClock(Date.now());
const cluster = new MemoryCluster();
const tokens = new TokenSource(cluster, clock);
let count = 0;

function volumes(...list: Volume[]) {
  const spec: PodSpec = { containers: [], volumes: list, serviceAccountName: 'robot' };
  const metadata = { name: 'kubia', namespace: 'default', uid: `u${++count}`, labels: { app: 'kubia' } };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec };
  const node = { hostIP: '10.0.0.1', cpu: 1, memory: 1, ephemeralStorage: 1 };
  const made = new PodVolumes(join(root, String(count)));
  const refresh = () => made.refresh({ pod, cluster, tokens, podIPs: [], node });
  const path = (name: string, subPath?: string) =>
    made.mounts({ name: 'c', volumeMounts: [{ name, mountPath: '/x', ...(subPath && { subPath }) }] }, {})[0]
      ?.hostPath ?? '';
  const mounts = (...names: string[]) =>
    made.mounts({ name: 'c', volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) }, {});
  return { refresh, path, mounts };
}

it('replaces the content of a volume in one step', async () => {
  const directory = join(root, 'atomic');
  const file = (path: string, text: string) => ({ path, content: Buffer.from(text), mode: 0o640 });
  await writeVolume(directory, [file('a', '1'), file('sub/b', '2')]);
  const before = readlinkSync(join(directory, '..data'));
  assert.equal(readFileSync(join(directory, 'sub', 'b'), 'utf8'), '2');
  assert.equal(statSync(join(directory, 'a')).mode & 0o777, 0o640);
  await writeVolume(directory, [file('a', '1'), file('sub/b', '2')]);
  assert.equal(readlinkSync(join(directory, '..data')), before);
  await writeVolume(directory, [file('a', 'new')]);
  assert.equal(readFileSync(join(directory, 'a'), 'utf8'), 'new');
  const names = readdirSync(directory).filter((name) => name !== readlinkSync(join(directory, '..data')));
  assert.deepEqual(names.sort(), ['..data', 'a']);
});

it('writes config maps and secrets, with items and modes', async () => {
  cluster.configMaps.set('default/cm', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {},
    data: { 'a.txt': 'A', b: 'B' },
    binaryData: { c: Buffer.from([0, 255]).toString('base64') },
  });
  cluster.secrets.set('default/s', { apiVersion: 'v1', kind: 'Secret', metadata: {}, data: { k: 'c2VjcmV0' } });
  const { refresh, path } = volumes(
    { name: 'all', configMap: { name: 'cm' } },
    { name: 'some', configMap: { name: 'cm', items: [{ key: 'b', path: 'deep/er', mode: 0o600 }] } },
    { name: 'secret', secret: { secretName: 's', defaultMode: 0o400 } },
    { name: 'maybe', secret: { secretName: 'none', optional: true } },
  );
  await refresh();
  assert.equal(readFileSync(join(path('all'), 'a.txt'), 'utf8'), 'A');
  assert.deepEqual([...readFileSync(join(path('all'), 'c'))], [0, 255]);
  assert.equal(readFileSync(join(path('some'), 'deep', 'er'), 'utf8'), 'B');
  assert.equal(statSync(join(path('secret'), 'k')).mode & 0o777, 0o400);
  assert.deepEqual(
    readdirSync(path('maybe')).filter((name) => !name.startsWith('..')),
    [],
  );
  assert.match(path('all', 'a.txt'), /a\.txt$/);
});

it('projects a token that it renews at four fifths of its life', async () => {
  const sources = [
    { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
    { downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  ];
  const { refresh, path } = volumes({ name: 'access', projected: { sources } });
  await refresh();
  const first = readFileSync(join(path('access'), 'token'), 'utf8');
  assert.equal(readFileSync(join(path('access'), 'labels'), 'utf8'), 'app="kubia"');
  clock.advance(2_800_000);
  await refresh();
  assert.equal(readFileSync(join(path('access'), 'token'), 'utf8'), first);
  clock.advance(200_000);
  await refresh();
  assert.notEqual(readFileSync(join(path('access'), 'token'), 'utf8'), first);
});

it('lets a program of another user read its token, and nobody else than root otherwise', async () => {
  const token = { name: 'access', projected: { sources: [{ serviceAccountToken: { path: 'token' } }] } };
  const modeFor = async (containers: PodSpec['containers']) => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { uid: 'u' }, spec: { containers } };
    const node = { hostIP: '', cpu: 1, memory: 1, ephemeralStorage: 1 };
    return (await volumeFiles(token, { pod, cluster, tokens, podIPs: [], node }))?.[0]?.mode;
  };
  assert.equal(await modeFor([{ name: 'main' }]), 0o600);
  assert.equal(await modeFor([{ name: 'main', securityContext: { runAsUser: 1000 } }]), 0o644);
});

it('refuses what is missing or not allowed, by name', async () => {
  const refused = (volume: Volume, message: RegExp) =>
    assert.rejects(volumes(volume).refresh(), (error) => error instanceof VolumeError && message.test(error.message));
  await refused({ name: 'v', configMap: { name: 'none' } }, /volume "v" : configmap "none" not found/);
  await refused({ name: 'v', hostPath: { path: join(root, 'none'), type: 'Directory' } }, /does not exist/);
  await refused({ name: 'v', nfs: { server: 'a', path: '/' } }, /kind nfs are not supported/);
  const item = { key: 'b', path: '../../out' };
  await refused({ name: 'v', configMap: { name: 'cm', items: [item] } }, /must not contain/);
  const own = { key: 'b', path: '..data' };
  await refused({ name: 'v', configMap: { name: 'cm', items: [own] } }, /must not start/);
});

it('makes empty directories and host paths', async () => {
  const { refresh, path } = volumes(
    { name: 'empty', emptyDir: {} },
    { name: 'host', hostPath: { path: join(root, 'made', 'here'), type: 'DirectoryOrCreate' } },
  );
  await refresh();
  assert.equal(statSync(path('empty')).mode & 0o777, 0o777);
  assert.ok(statSync(join(root, 'made', 'here')).isDirectory());
  assert.ok(statSync(path('empty', 'a/b')).isDirectory());
  assert.throws(() => path('empty', '../x'), /must not contain/);
});

it('follows no link out of a volume for a subPath, and makes nothing behind one', async () => {
  const { refresh, path } = volumes({ name: 'data', emptyDir: {} }, { name: 'data2', emptyDir: {} });
  await refresh();
  const outside = join(root, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(path('data'), 'away'));
  symlinkSync('../data2', join(path('data'), 'beside'));
  symlinkSync('real', join(path('data'), 'within'));
  mkdirSync(join(path('data'), 'real'));
  assert.throws(() => path('data', 'away/new'), /leads out of its volume/);
  assert.throws(() => path('data', 'beside'), /leads out of its volume/);
  assert.deepEqual(readdirSync(outside), []);
  assert.match(path('data', 'within/made'), /data\/real\/made$/);
});

it('lets containers only read what the node writes', async () => {
  const { refresh, mounts } = volumes({ name: 'cm', configMap: { name: 'cm' } }, { name: 'own', emptyDir: {} });
  await refresh();
  assert.deepEqual(
    mounts('cm', 'own').map(({ readOnly }) => readOnly),
    [true, false],
  );
});

it('goes on where a writer was killed', async () => {
  const directory = join(root, 'killed');
  const files = [{ path: 'a', content: Buffer.from('1'), mode: 0o400 }];
  await writeVolume(directory, files);
  const version = readlinkSync(join(directory, '..data'));
  // Killed before the top link was made; then killed with a half-written version and its link.
  rmSync(join(directory, 'a'));
  await writeVolume(directory, files);
  assert.equal(readFileSync(join(directory, 'a'), 'utf8'), '1');
  rmSync(join(directory, '..data'));
  symlinkSync(version, join(directory, '..data_tmp'));
  writeFileSync(join(directory, version, 'half'), '');
  await writeVolume(directory, files);
  assert.deepEqual(readdirSync(join(directory, '..data')), ['a']);
});
