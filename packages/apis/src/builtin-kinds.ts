/**
 * Every built-in kind that is served: the generally available versions of Kubernetes 1.36 and the older versions that
 * documents of earlier years use.
 */
import { builtinKind } from './builtin-kind.ts';
import { resourceFacts } from './gen/resources.ts';
import type { KindDefinition } from './kind-definition.ts';
import { kindRules } from './rules.ts';

/**
 * Definitions of all built-in kinds, the storage version of a kind before its other versions.
 *
 * @example const pods = builtinKinds().find(({ group, resource }) => group === '' && resource === 'pods');
 */
export function builtinKinds(): KindDefinition[] {
  return resourceFacts
    .filter(({ version }) => /^v\d+$/.test(version))
    .map((fact) => builtinKind(fact, kindRules[`${fact.group}/${fact.kind}`] ?? {}));
}
