/** The manifests of the Website example, as a person applies them: unchanged, but for a repository that can be reached. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const directory = new URL('../../../examples/website/manifests/', import.meta.url);
const publicRepository = 'https://github.com/luksa/kubia-website-example.git';

export type ManifestName =
  | 'website-crd'
  | 'website-crd-v1beta1'
  | 'website-kubia'
  | 'website-controller'
  | 'website-controller-v1beta1';

/** Path of the file. */
export function manifest(name: ManifestName): string {
  return fileURLToPath(new URL(`${name}.yaml`, directory));
}

/** `website-kubia.yaml` with another repository, for `kubectl apply -f -`. */
export async function kubiaFrom(repository: string): Promise<string> {
  const text = await readFile(manifest('website-kubia'), 'utf8');
  if (!text.includes(publicRepository)) throw new Error(`website-kubia.yaml does not name ${publicRepository}`);
  return text.replace(publicRepository, repository);
}
