/** policy/v1. */
import type { PodDisruptionBudget } from '../gen/types/policy/v1.ts';
import type { KindRules } from '../kind-rules.ts';

export const podDisruptionBudgetRules: KindRules<PodDisruptionBudget> = {
  hasGeneration: true,
  allowUnconditionalUpdate: false,
};
