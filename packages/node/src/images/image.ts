/**
 * Images of the process runtime: a name, and the program of this machine that does the image's job. There are no layers
 * and no registry; what isn't in the list can't be run here.
 */

export interface Image {
  /** As manifests write them: `nginx`, `nginx:alpine`, `registry.k8s.io/pause`. A name without a tag stands for every tag. */
  readonly names: readonly string[];
  /** `$(NODE)` and `$(PROGRAMS)` stand for the Node.js binary and the directory of the built-in programs. */
  readonly entrypoint: readonly string[];
  readonly cmd?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exposedPorts?: readonly number[];
  readonly workingDir?: string;
  /** Directories and files of this machine that the program needs. Absolute paths in the entrypoint are added by themselves. */
  readonly hostPaths?: readonly string[];
  /** Variables whose value may name a directory of this machine (a path or a file:// URL) that the container shall see live. */
  readonly hostPathVariables?: readonly string[];
  /** It fetches from other machines and understands `https_proxy`: it gets the node's when pods have no other way out. */
  readonly usesEgressProxy?: boolean;
}

export interface ImageName {
  /** Without `docker.io/` and `library/`. */
  readonly repository: string;
  /** Empty when not given. */
  readonly tag: string;
  readonly digest: string;
}

/** Reads an image reference as Docker does: the tag is behind the last colon that has no slash after it. */
export function parseImageName(reference: string): ImageName {
  const [named = '', digest = ''] = reference.split('@');
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/');
  const repository = (tagged ? named.slice(0, colon) : named)
    .replace(/^(index\.)?docker\.io\//, '')
    .replace(/^library\//, '');
  return { repository, tag: tagged ? named.slice(colon + 1) : '', digest };
}

/** The name that Docker gives it in full: `docker.io/library/nginx:alpine`. */
export function fullImageName(reference: string): string {
  const { repository, tag, digest } = parseImageName(reference);
  const [first = ''] = repository.split('/');
  const hasRegistry = repository.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const path = hasRegistry ? repository : `docker.io/${repository.includes('/') ? '' : 'library/'}${repository}`;
  return digest ? `${path}@${digest}` : `${path}:${tag || 'latest'}`;
}
