/** Group and kind → the kind's rules. The group is empty for core: `/Pod`, `apps/Deployment`. */
import type { KindRules } from './kind-rules.ts';

export const kindRules: Readonly<Record<string, KindRules>> = {};
