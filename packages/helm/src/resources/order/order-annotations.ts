/**
 * The annotations by which objects of a release say what must be there before them: nelm's and werf's (`werf.io/…`, in
 * werf's reference of deploy annotations), and the same under our own domain. Helm doesn't know them.
 */
import { goQuote } from '@kindred/machinery';
import { type Resource, resourceLabel } from '../resource.ts';
import { ResourceError } from '../resource-error.ts';

/** Objects of the same release; what is not given matches everything. */
export interface DeployDependency {
  readonly annotation: string;
  /** `present`: written. `ready`: also waited for. */
  readonly state: 'present' | 'ready';
  readonly name?: string;
  readonly namespace?: string;
  readonly kind?: string;
  readonly group?: string;
  readonly version?: string;
}

/** An object that isn't the release's, and is waited for until it is ready. */
export interface ExternalDependency {
  readonly annotation: string;
  /** Plural, singular, or the kind in small letters. */
  readonly type: string;
  readonly version: string | undefined;
  readonly group: string | undefined;
  readonly name: string;
  /** Undefined: that of the release. */
  readonly namespace: string | undefined;
}

export interface OrderWishes {
  readonly weight: number;
  readonly dependencies: readonly DeployDependency[];
  readonly externals: readonly ExternalDependency[];
}

const DOMAINS = ['helm.kindred.dev', 'werf.io'] as const;
const SELECTORS = ['name', 'namespace', 'kind', 'group', 'version'] as const;

/** Undefined when the object has no such annotation. @throws ResourceError naming the object and the annotation */
export function orderWishes(resource: Resource): OrderWishes | undefined {
  const annotations = Object.entries(resource.object.metadata.annotations ?? {});
  const weights = annotations.filter(([key]) => DOMAINS.some((domain) => key === `${domain}/weight`));
  const dependencies = annotations.filter(([key]) =>
    DOMAINS.some((each) => key.startsWith(`${each}/deploy-dependency-`)),
  );
  const externals = annotations.filter(([key]) =>
    DOMAINS.some((domain) => key.endsWith(`.external-dependency.${domain}/resource`)),
  );
  if (weights.length + dependencies.length + externals.length === 0) return undefined;
  const [weight] = weights;
  return {
    weight: weight === undefined ? 0 : weightOf(resource, ...weight),
    dependencies: dependencies.map(([key, value]) => dependencyOf(resource, key, value)),
    externals: externals.map(([key, value]) => {
      const namespace = resource.object.metadata.annotations?.[key.replace(/resource$/, 'namespace')];
      return { ...externalOf(resource, key, value), namespace };
    }),
  };
}

function weightOf(resource: Resource, annotation: string, value: string): number {
  if (/^[+-]?\d{1,9}$/.test(value.trim())) return Number(value);
  return refuse(resource, annotation, value, 'it must be an integer');
}

function dependencyOf(resource: Resource, annotation: string, text: string): DeployDependency {
  const given = new Map<string, string>();
  for (const part of text.split(',')) {
    const [, key = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
    if (key !== 'state' && !SELECTORS.some((each) => each === key)) {
      return refuse(
        resource,
        annotation,
        text,
        `it must be made of state, ${SELECTORS.join(', ')}, as in state=ready,kind=Job`,
      );
    }
    given.set(key, value);
  }
  const state = given.get('state');
  if (state !== 'present' && state !== 'ready') {
    return refuse(resource, annotation, text, 'state must be present or ready');
  }
  if (given.size === 1) return refuse(resource, annotation, text, `it must name one of ${SELECTORS.join(', ')}`);
  const selectors = Object.fromEntries([...given].filter(([key]) => key !== 'state'));
  return { annotation, state, ...selectors };
}

function externalOf(resource: Resource, annotation: string, value: string): Omit<ExternalDependency, 'namespace'> {
  const [, type = '', version, group, name = ''] =
    /^([^./]+)(?:\.([^./]+)(?:\.([^/]+))?)?\/([^/]+)$/.exec(value.trim()) ?? [];
  if (name === '') {
    return refuse(resource, annotation, value, 'it must be type/name or type.version.group/name, as in secret/config');
  }
  return { annotation, type: type.toLowerCase(), version, group, name };
}

function refuse(resource: Resource, annotation: string, value: string, why: string): never {
  throw new ResourceError(`${resourceLabel(resource)}: annotation ${annotation} is ${goQuote(value)}: ${why}`);
}
