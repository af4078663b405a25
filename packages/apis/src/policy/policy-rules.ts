/** policy/v1. */
import type { PodDisruptionBudget } from '../gen/types/policy/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { podDisruptionBudgetCells } from '../printing/other-cells.ts';
import { validatePodDisruptionBudget } from '../validation/small-kinds.ts';

export const podDisruptionBudgetRules: KindRules<PodDisruptionBudget> = {
  validate: validatePodDisruptionBudget,
  cells: podDisruptionBudgetCells,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
};
