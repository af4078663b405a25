/**
 * Every built-in kind that is served: the generally available versions of Kubernetes 1.36, and the older versions that
 * documents and controllers of earlier years use.
 */
import type { Unstructured } from '@kindred/machinery';
import { builtinKind } from './builtin-kind.ts';
import { resourceFacts } from './gen/resources.ts';
import type { KindDefinition } from './kind-definition.ts';
import type { KindRules } from './kind-rules.ts';
import type { ResourceFact } from './resource-facts.ts';
import { kindRules } from './rules.ts';
import { type OtherVersion, otherVersions } from './versions/other-versions.ts';

/**
 * Definitions of all built-in kinds; a definition with `conversion` is a version that isn't stored.
 *
 * @example const pods = builtinKinds().find(({ group, resource }) => group === '' && resource === 'pods');
 */
export function builtinKinds(): KindDefinition[] {
  const stored = resourceFacts
    .filter((fact) => isGenerallyAvailable(fact.version) && !otherVersions.some((other) => isSame(fact, other)))
    .map((fact) => builtinKind(fact, rulesOf(fact)));
  return [...stored, ...otherVersions.map(otherKind)];
}

function otherKind(other: OtherVersion): KindDefinition {
  const storedFact = factOf({ ...other, ...other.storage });
  const { group, version } = other;
  const subresources = storedFact.subresources.map((subresource) =>
    subresource.kind?.kind === other.kind
      ? { ...subresource, kind: { group, version, kind: other.kind } }
      : subresource,
  );
  const fact = factOf(other, { ...storedFact, group, version, subresources });
  return builtinKind(fact, rulesOfVersion(rulesOf(storedFact), other), other.traits);
}

/** Rules are written for the stored version: what only reads is given the object in that form. */
function rulesOfVersion(
  rules: KindRules<Unstructured>,
  { traits, setDefaults = rules.setDefaults }: OtherVersion,
): KindRules<Unstructured> {
  const toStorage = (object: Unstructured) => traits.conversion?.toStorage(object) ?? object;
  const { cells, selectableFields } = rules;
  return {
    ...rules,
    ...(setDefaults === undefined ? {} : { setDefaults }),
    ...(cells === undefined ? {} : { cells: (object, now) => cells(toStorage(object), now) }),
    ...(selectableFields === undefined ? {} : { selectableFields: (object) => selectableFields(toStorage(object)) }),
  };
}

/** Beta and alpha versions are off unless somebody asks for them, as upstream. */
function isGenerallyAvailable(version: string): boolean {
  return /^v\d+$/.test(version);
}

interface Name {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

function isSame(a: Name, b: Name): boolean {
  return a.group === b.group && a.version === b.version && a.kind === b.kind;
}

function factOf(name: Name, fallback?: ResourceFact): ResourceFact {
  const fact = resourceFacts.find((candidate) => isSame(candidate, name)) ?? fallback;
  if (fact === undefined) throw new TypeError(`The resource list has no ${name.kind} in ${name.group}/${name.version}`);
  return fact;
}

function rulesOf({ group, kind }: ResourceFact) {
  return kindRules[`${group}/${kind}`] ?? {};
}
