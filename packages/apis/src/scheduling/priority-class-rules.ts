/** PriorityClasses. */
import type { PriorityClass } from '../gen/types/scheduling/v1.ts';
import type { KindRules } from '../kind-rules.ts';

export const priorityClassRules: KindRules<PriorityClass> = {
  hasGeneration: true,
  setDefaults(priorityClass) {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  },
};
