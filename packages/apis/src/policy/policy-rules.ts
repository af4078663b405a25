/** policy/v1. */
import type { PodDisruptionBudget } from '../gen/types/policy/v1.ts';
import type { KindRules } from '../kind-rules.ts';
import { podDisruptionBudgetCells } from '../printing/other-cells.ts';

export const podDisruptionBudgetRules: KindRules<PodDisruptionBudget> = {
  cells: podDisruptionBudgetCells,
  hasGeneration: true,
  allowUnconditionalUpdate: false,
};
