/** HorizontalPodAutoscalers, stored as autoscaling/v2. */
import type { HorizontalPodAutoscaler, HPAScalingRules } from '../gen/types/autoscaling/v2.ts';
import type { KindRules } from '../kind-rules.ts';
import { validateAutoscaler } from '../validation/small-kinds.ts';
import { autoscalerCells } from './autoscaler-cells.ts';

const scaleUp: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};

const scaleDown: HPAScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
};

export const autoscalerRules: KindRules<HorizontalPodAutoscaler> = {
  validate: validateAutoscaler,
  cells: autoscalerCells,
  setDefaults({ spec }) {
    if (spec === undefined) return;
    spec.minReplicas ??= 1;
    if ((spec.metrics ?? []).length === 0) {
      spec.metrics = [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
      ];
    }
    if (spec.behavior === undefined) return;
    // Whoever tunes one direction gets the documented behaviour of the other spelled out.
    spec.behavior.scaleUp = { ...structuredClone(scaleUp), ...spec.behavior.scaleUp };
    spec.behavior.scaleDown = { ...structuredClone(scaleDown), ...spec.behavior.scaleDown };
  },
};
