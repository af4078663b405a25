/** The images that this node has, and how a container's image name is matched with them. */
import { createHash } from 'node:crypto';
import { isAbsolute } from 'node:path';
import { fullImageName, type Image, parseImageName } from './image.ts';

/** An image ready to run: placeholders filled in. */
export interface ResolvedImage {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exposedPorts: readonly number[];
  readonly workingDir: string;
  readonly hostPaths: readonly string[];
  readonly hostPathVariables: readonly string[];
  readonly usesEgressProxy: boolean;
  /** `docker.io/library/nginx:alpine`, as statuses show it. */
  readonly name: string;
  readonly imageId: string;
}

export interface ImagePlaces {
  readonly node: string;
  readonly programs: string;
}

export class ImageStore {
  readonly #images: readonly Image[];
  readonly #places: ImagePlaces;

  /** Earlier images win where two have the same name. */
  constructor(images: readonly Image[], places: ImagePlaces) {
    this.#images = images;
    this.#places = places;
  }

  /** undefined when the node has no such image. */
  find(reference: string): ResolvedImage | undefined {
    const wanted = parseImageName(reference);
    const image = this.#images.find(({ names }) => names.some((name) => matches(parseImageName(name), wanted)));
    return image && this.#resolve(image, reference);
  }

  /** What pulling a missing image says: names the image and what there is instead. */
  missingMessage(reference: string): string {
    const names = this.#images.flatMap((image) => image.names).sort();
    return `failed to pull image "${reference}": this node runs built-in images only and has none of that name; it has ${names.join(', ')}`;
  }

  #resolve(image: Image, reference: string): ResolvedImage {
    const fill = (text: string) =>
      text.replaceAll('$(NODE)', this.#places.node).replaceAll('$(PROGRAMS)', this.#places.programs);
    const entrypoint = image.entrypoint.map(fill);
    const hostPaths = new Set((image.hostPaths ?? []).map(fill));
    if (image.entrypoint.some((part) => part.includes('$(PROGRAMS)'))) hostPaths.add(this.#places.programs);
    for (const part of entrypoint) if (isAbsolute(part) && part.includes('/', 1)) hostPaths.add(part);
    return {
      entrypoint,
      cmd: (image.cmd ?? []).map(fill),
      env: image.env ?? {},
      exposedPorts: image.exposedPorts ?? [],
      workingDir: image.workingDir ?? '',
      hostPaths: withoutNested([...hostPaths]),
      hostPathVariables: image.hostPathVariables ?? [],
      usesEgressProxy: image.usesEgressProxy ?? false,
      name: fullImageName(reference),
      imageId: `process://sha256:${createHash('sha256').update(JSON.stringify(image)).digest('hex')}`,
    };
  }
}

function matches(have: { repository: string; tag: string }, wanted: { repository: string; tag: string }): boolean {
  return have.repository === wanted.repository && (have.tag === '' || have.tag === (wanted.tag || 'latest'));
}

/** A path inside another one that is mounted anyway needs no mount of its own. */
function withoutNested(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => other !== path && path.startsWith(`${other}/`)));
}
