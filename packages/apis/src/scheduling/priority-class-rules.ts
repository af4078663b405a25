/** PriorityClasses. */
import type { PriorityClass } from '../gen/types/scheduling/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { priorityClassCells } from '../printing/other-cells.ts';
import { validatePriorityClass, validatePriorityClassUpdate } from '../validation/small-kinds.ts';

export const priorityClassRules: KindRules<PriorityClass> = {
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  cells: priorityClassCells,
  hasGeneration: true,
  setDefaults(priorityClass) {
    priorityClass.preemptionPolicy ??= 'PreemptLowerPriority';
  },
};
