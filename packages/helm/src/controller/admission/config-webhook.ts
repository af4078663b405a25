/** Checks the HelmChartConfigs of k3s at admission: their values must be values. */
import type { FieldError } from '@kindred/machinery';
import { validatingWebhook, type Webhook } from '@kindred/operator';
import { parsedValues } from '../intent/from-k3s.ts';
import { valuesObject } from '../intent/release-settings.ts';
import { HelmChartConfig } from '../kinds/k3s-helm-chart.ts';

export const configWebhook: Webhook = validatingWebhook({
  kind: HelmChartConfig,
  failurePolicy: 'Ignore',
  validate({ object }) {
    const errors: FieldError[] = [];
    parsedValues(object.spec.valuesContent, 'spec.valuesContent', errors);
    valuesObject(object.spec.values, 'spec.values', errors);
    return { errors };
  },
});
