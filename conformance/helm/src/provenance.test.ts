/** Signs with one program and verifies with the other; tampers with what was signed. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadArchive, packageChart, readChartFiles, signArchive, verificationText, verifyArchive } from '@kindred/helm';
import { clientBinary, runCommand } from '@kindred-conformance/clients';
import { generateKey } from 'openpgp';

interface Keys {
  readonly secret: Uint8Array;
  readonly public: Uint8Array;
}

async function makeKeys(name: string, passphrase?: string): Promise<Keys> {
  const made = await generateKey({
    type: name === 'plain' ? 'rsa' : 'ecc',
    rsaBits: 2048,
    userIDs: [{ name: `Key ${name}`, email: `${name}@example.org` }],
    format: 'object',
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  return { secret: made.privateKey.write(), public: made.publicKey.write() };
}

const plain = makeKeys('plain');
const elliptic = makeKeys('elliptic');
const locked = makeKeys('locked', 'opens');

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'kindred-provenance-'));
  try {
    await mkdir(join(directory, 'web'));
    await writeFile(
      join(directory, 'web/Chart.yaml'),
      'apiVersion: v2\nname: web\nversion: 1.0.0\nkeywords: ["- a", b]\ndescription: "ends with blanks  "\n',
    );
    await run(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function helm(directory: string, args: readonly string[]) {
  return runCommand(await clientBinary('helm'), args, { environment: { HOME: directory, TZ: 'UTC' } });
}

test('verifies what helm signed, and is verified by helm', () =>
  inDirectory(async (directory) => {
    const keys = [await plain, await elliptic, await locked];
    const secret = join(directory, 'secring.gpg');
    const shared = join(directory, 'pubring.gpg');
    await writeFile(secret, Buffer.concat(keys.map((each) => each.secret)));
    await writeFile(shared, Buffer.concat(keys.map((each) => each.public)));
    await writeFile(join(directory, 'passphrase'), 'opens\n');
    for (const name of ['plain', 'elliptic', 'locked']) {
      const flags = [
        '--sign',
        '--key',
        `Key ${name}`,
        '--keyring',
        secret,
        '--passphrase-file',
        join(directory, 'passphrase'),
      ];
      const packed = await helm(directory, ['package', join(directory, 'web'), '-d', directory, ...flags]);
      assert.equal(packed.code, 0, packed.stderr);
      const path = join(directory, 'web-1.0.0.tgz');
      const archive = await readFile(path);
      const signed = { archive, fileName: 'web-1.0.0.tgz', metadata: loadArchive(archive).metadata };
      const verifyByHelm = () => helm(directory, ['verify', path, '--keyring', shared]);
      const theirs = await verifyByHelm();
      const found = await verifyArchive(signed, await readFile(`${path}.prov`), await readFile(shared));
      assert.equal(verificationText(found), theirs.stdout, name);
      const own = await signArchive(signed, {
        keyring: await readFile(secret),
        key: `Key ${name}`,
        passphrase: async () => 'opens',
      });
      const theirText = await readFile(`${path}.prov`, 'utf8');
      assert.equal(beforeSignature(own), beforeSignature(theirText), 'the same text is signed');
      await writeFile(`${path}.prov`, own);
      const ours = await verifyByHelm();
      assert.deepEqual([ours.code, ours.stdout], [0, theirs.stdout], ours.stderr);
    }
  }));

function beforeSignature(text: string): string {
  return text.slice(0, text.indexOf('-----BEGIN PGP SIGNATURE')).trimEnd();
}

test('refuses what helm refuses', () =>
  inDirectory(async (directory) => {
    const [keys, others] = [await plain, await elliptic];
    const packed = packageChart(await readChartFiles(join(directory, 'web')), { now: new Date() });
    const provenance = await signArchive(packed, { keyring: keys.secret, key: 'plain@', passphrase: async () => '' });
    const cases: Readonly<
      Record<string, { archive?: Uint8Array; provenance?: string; keyring?: Uint8Array; fileName?: string }>
    > = {
      'an archive that was changed': { archive: Buffer.concat([packed.archive, Buffer.from('x')]) },
      'another name of the archive': { fileName: 'other.tgz' },
      'a text that was changed': { provenance: provenance.replace('version: 1.0.0', 'version: 1.0.1') },
      'a text cut off': { provenance: provenance.slice(0, provenance.indexOf('-----BEGIN PGP SIGNATURE')) },
      'no signed text': { provenance: 'hello' },
      'an empty file': { provenance: '' },
      'a key that nobody knows': { keyring: others.public },
      'no keys': { keyring: new Uint8Array() },
      'a keyring that is none': { keyring: Buffer.from('hello') },
    };
    for (const [name, each] of Object.entries(cases)) {
      const { archive = packed.archive, keyring = keys.public, fileName = packed.fileName } = each;
      const text = each.provenance ?? provenance;
      const place = join(directory, fileName);
      await writeFile(place, archive);
      await writeFile(`${place}.prov`, text);
      await writeFile(join(directory, 'ring'), keyring);
      const theirs = await helm(directory, ['verify', place, '--keyring', join(directory, 'ring')]);
      assert.equal(theirs.code, 1, name);
      const expected = theirs.stderr
        .replace('Error: ', '')
        .replace('RSA verification failure', 'Signed digest did not match')
        .trim();
      await assert.rejects(
        verifyArchive({ archive, fileName }, Buffer.from(text), keyring),
        { name: 'ChartError', message: expected },
        name,
      );
    }
  }));

test('refuses to sign as helm refuses', () =>
  inDirectory(async (directory) => {
    const ring = Buffer.concat([(await plain).secret, (await locked).secret]);
    const packed = packageChart(await readChartFiles(join(directory, 'web')), { now: new Date() });
    await writeFile(join(directory, 'wrong'), 'wrong\n');
    for (const [key, keyring] of [
      ['nobody', ring],
      ['Key', ring],
      ['Key plain', (await plain).public],
      ['Key locked', ring],
    ] as const) {
      await writeFile(join(directory, 'ring'), keyring);
      const flags = [
        '--sign',
        '--key',
        key,
        '--keyring',
        join(directory, 'ring'),
        '--passphrase-file',
        join(directory, 'wrong'),
      ];
      const theirs = await helm(directory, ['package', join(directory, 'web'), '-d', directory, ...flags]);
      assert.equal(theirs.code, 1);
      await assert.rejects(signArchive(packed, { keyring, key, passphrase: async () => 'wrong' }), {
        name: 'ChartError',
        message: theirs.stderr.replace('Error: ', '').trim(),
      });
    }
  }));
