/**
 * References to artifacts of a registry (OCI Distribution Specification): `host[:port]/path[:tag][@digest]`. Tags can't
 * hold the `+` of a version, so helm writes `_` in its place.
 */
import { goQuote } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';

export interface Reference {
  /** Host with port. */
  readonly registry: string;
  readonly repository: string;
  /** Empty when there is none. */
  readonly tag: string;
  /** `sha256:…`; empty when there is none. */
  readonly digest: string;
}

const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;
const REGISTRY = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** Reads a reference with or without `oci://`. Throws ChartError. */
export function parseReference(text: string): Reference {
  const plain = text.replace(/^oci:\/\//, '');
  const at = plain.lastIndexOf('@');
  const digest = at < 0 ? '' : plain.slice(at + 1);
  const named = at < 0 ? plain : plain.slice(0, at);
  const slash = named.indexOf('/');
  if (slash < 0) throw new ChartError('invalid reference: missing registry or repository');
  const registry = named.slice(0, slash);
  const path = named.slice(slash + 1);
  const colon = path.indexOf(':');
  const repository = colon < 0 ? path : path.slice(0, colon);
  const tag = colon < 0 ? '' : tagOf(path.slice(colon + 1));
  checkRegistry(registry);
  if (!REPOSITORY.test(repository)) {
    throw new ChartError(`invalid reference: invalid repository ${goQuote(repository)}`);
  }
  if (colon >= 0 && !TAG.test(tag)) throw new ChartError(`invalid reference: invalid tag ${goQuote(tag)}`);
  if (at >= 0 && !DIGEST.test(digest)) throw new ChartError(`invalid reference: invalid digest ${goQuote(digest)}`);
  return { registry, repository, tag, digest };
}

/** Throws ChartError when the text is no host with perhaps a port. */
export function checkRegistry(host: string): void {
  if (!REGISTRY.test(host)) throw new ChartError(`invalid reference: invalid registry ${goQuote(host)}`);
}

export function referenceText({ registry, repository, tag, digest }: Reference): string {
  const name = `${registry}/${repository}`;
  return digest === '' ? `${name}${tag === '' ? '' : `:${tag}`}` : `${name}@${digest}`;
}

/** The tag of a version. */
export function tagOf(version: string): string {
  return version.replaceAll('+', '_');
}

/** The version that a tag stands for. */
export function versionOfTag(tag: string): string {
  return tag.replaceAll('_', '+');
}

/** What is said when a tag has another character than the version; empty when it hasn't. */
export function underscoreNote(reference: string): string {
  if (!reference.includes('_')) return '';
  return `${reference} contains an underscore.

OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.`;
}
