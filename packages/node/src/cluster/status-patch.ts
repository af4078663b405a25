/** The strategic merge patch that makes a pod's status what the node says. Pure. */
import type { PodCondition, PodStatus } from '@kindred/apis/core/v1';

/** Members of a pod's status that the node sets and may have to remove. */
const nodeMembers = ['message', 'reason', 'podIP', 'podIPs', 'initContainerStatuses'];
const conditionMembers = ['message', 'reason'];

/** What is no longer set is named with null: a merge keeps what a patch does not name. Others' conditions stay. */
export function statusPatch(before: PodStatus, status: PodStatus): object {
  const conditions = (status.conditions ?? []).map((condition) => {
    const old = before.conditions?.find(({ type }) => type === condition.type);
    return { ...removals<PodCondition>(conditionMembers, old, condition), ...condition };
  });
  return { ...removals<PodStatus>(nodeMembers, before, status), ...status, conditions };
}

function removals<T extends object>(names: readonly string[], before: T | undefined, now: T): Record<string, null> {
  const gone = names.filter((name) => before !== undefined && name in before && !(name in now));
  return Object.fromEntries(gone.map((name) => [name, null]));
}
