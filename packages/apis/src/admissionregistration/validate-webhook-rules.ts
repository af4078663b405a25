/**
 * The rules of a webhook: operations, groups, versions and resources, where `*` stands for all and then stands alone
 * (`k8s.io/api/admissionregistration/v1` RuleWithOperations).
 */
import { type FieldError, invalidValue, notSupported, required } from '@kindred/machinery';
import type { RuleWithOperations } from '../gen/types/admissionregistration/v1.ts';
import { optionalOneOf } from '../validation/common.ts';

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];

export function webhookRuleErrors(rule: RuleWithOperations, at: string): FieldError[] {
  const { apiGroups = [], apiVersions = [], resources = [] } = rule;
  const given: readonly string[] = rule.operations ?? [];
  return [
    ...listErrors(`${at}.operations`, given, 'operations'),
    ...given.flatMap((operation, index) =>
      operations.includes(operation) ? [] : [notSupported(`${at}.operations[${index}]`, operation, operations)],
    ),
    ...listErrors(`${at}.apiGroups`, apiGroups, 'API groups'),
    ...listErrors(`${at}.apiVersions`, apiVersions, 'API versions'),
    ...apiVersions.flatMap((version, index) => (version === '' ? [required(`${at}.apiVersions[${index}]`)] : [])),
    ...resourceErrors(`${at}.resources`, resources),
    ...optionalOneOf(`${at}.scope`, rule.scope, ['*', 'Cluster', 'Namespaced']),
  ];
}

function listErrors(field: string, values: readonly string[], what: string): FieldError[] {
  if (values.length === 0) return [required(field)];
  if (values.length === 1 || !values.includes('*')) return [];
  return [invalidValue(field, values, `if '*' is present, must not specify other ${what}`)];
}

function resourceErrors(field: string, resources: readonly string[]): FieldError[] {
  if (resources.length === 0) return [required(field)];
  const errors = resources.flatMap((resource, index) => {
    const at = `${field}[${index}]`;
    if (resource === '') return [required(at)];
    return overlaps(resource, resources.slice(0, index)).map((detail) => invalidValue(at, resource, detail));
  });
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalidValue(field, resources, "if '*/*' is present, must not specify other resources"));
  } else if (resources.includes('*') && resources.some((resource) => resource !== '*' && !resource.includes('/'))) {
    const detail = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalidValue(field, resources, detail));
  }
  return errors;
}

/** Those before it that cover it already: a star for the name, or for the subresource. */
function overlaps(resource: string, earlier: readonly string[]): string[] {
  const [name = '', subresource] = resource.split('/');
  if (subresource === undefined || resource === '*/*') return [];
  return [`${name}/*`, `*/${subresource}`]
    .filter((wider) => wider !== resource && earlier.includes(wider))
    .map((wider) => `if '${wider}' is present, must not specify ${resource}`);
}
