/**
 * What is done about a field that somebody else owns (`--on-conflict`): the user's rules for single fields first, then two
 * rules that are always right, then the user's word for all others.
 *
 * The two: replicas of an object that an autoscaler scales are the autoscaler's; what a former client-side helm wrote is
 * the release's own.
 */
import { ResourceError } from '../resource-error.ts';
import type { ConflictDecision } from './conflict.ts';

export interface ConflictPolicy {
  readonly otherwise: ConflictDecision;
  /** By path, lists without their selectors: `.spec.template.spec.containers.image`. Also holds for what is inside. */
  readonly rules: readonly { readonly path: string; readonly decision: ConflictDecision }[];
}

/**
 * Reads the values of `--on-conflict`: a word for all fields, or `FIELD=WORD`.
 *
 * @throws ResourceError for a word that isn't one
 * @example parseConflictPolicy(['fail', '.spec.replicas=yield'])
 */
export function parseConflictPolicy(values: readonly string[]): ConflictPolicy {
  const rules: { path: string; decision: ConflictDecision }[] = [];
  let otherwise: ConflictDecision = 'fail';
  for (const value of values) {
    const equals = value.lastIndexOf('=');
    if (equals < 0) otherwise = decisionOf(value);
    else rules.push({ path: asRulePath(value.slice(0, equals)), decision: decisionOf(value.slice(equals + 1)) });
  }
  return { otherwise, rules };
}

function decisionOf(word: string): ConflictDecision {
  if (word === 'yield' || word === 'force' || word === 'fail') return word;
  throw new ResourceError(`invalid conflict policy ${JSON.stringify(word)}: must be yield, force or fail`);
}

function asRulePath(path: string): string {
  const plain = path.replace(/\[(?:[^"\]]|"(?:[^"\\]|\\.)*")*\]/g, '');
  return plain.startsWith('.') ? plain : `.${plain}`;
}

export interface ConflictFacts {
  readonly path: string;
  /** Name of the other manager. */
  readonly manager: string;
  /** Whether an autoscaler scales the object. */
  readonly isAutoscaled: boolean;
  /** The manager that the release writes as. */
  readonly ownManager: string;
}

export function decide(
  policy: ConflictPolicy,
  { path, manager, isAutoscaled, ownManager }: ConflictFacts,
): { readonly decision: ConflictDecision; readonly because: string } {
  const plain = asRulePath(path);
  const rule = policy.rules.find((each) => plain === each.path || plain.startsWith(`${each.path}.`));
  if (rule !== undefined) return { decision: rule.decision, because: `rule for ${rule.path}` };
  if (manager === ownManager) return { decision: 'force', because: 'written by client-side apply of this program' };
  if (path === '.spec.replicas' && isAutoscaled)
    return { decision: 'yield', because: 'an autoscaler scales the object' };
  return { decision: policy.otherwise, because: 'policy for all fields' };
}
