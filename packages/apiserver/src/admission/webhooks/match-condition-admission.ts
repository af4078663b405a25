/**
 * Refuses webhook configurations whose conditions can't be evaluated. The other rules of these kinds are theirs; this one
 * needs the language, which kinds don't know.
 */
import { type FieldError, getList, invalid, invalidValue, isJsonObject, type Unstructured } from '@kindred/machinery';
import type { AdmissionPlugin } from '../plugin.ts';
import { compileCondition, conditionProblem } from './match-conditions.ts';

const resources = new Set(['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']);

export const matchConditionAdmission: AdmissionPlugin = {
  name: 'WebhookMatchConditions',
  operations: ['CREATE', 'UPDATE'],
  handles: (group, resource) => group === 'admissionregistration.k8s.io' && resources.has(resource),
  validate({ object, kind, name }) {
    const errors = object === undefined ? [] : expressionErrors(object);
    if (errors.length > 0) throw invalid(kind, name, errors);
  },
};

function expressionErrors(configuration: Unstructured): FieldError[] {
  return getList(configuration, 'webhooks').flatMap((webhook, at) => {
    const conditions = isJsonObject(webhook) ? getList(webhook, 'matchConditions') : [];
    return conditions.flatMap((condition, index) => {
      const expression = isJsonObject(condition) ? condition['expression'] : undefined;
      if (typeof expression !== 'string') return [];
      const problem = conditionProblem(compileCondition({ expression }));
      if (problem === undefined) return [];
      return [invalidValue(`webhooks[${at}].matchConditions[${index}].expression`, expression, problem)];
    });
  });
}
