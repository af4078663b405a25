/**
 * What an APIService must say (`k8s.io/kube-aggregator/pkg/apis/apiregistration/validation`): which group and version it is
 * for, how it ranks, and where its server is; without a Service it stands for what the API server serves itself.
 */
import {
  checkDns1035Label,
  checkDnsSubdomain,
  checkPortNumber,
  type FieldError,
  invalidValue,
  required,
} from '@kindred/machinery';
import type { APIService, APIServiceSpec, ServiceReference } from '../gen/types/apiregistration/v1.ts';
import { named } from '../validation/common.ts';

export function validateApiService({ metadata, spec }: APIService): FieldError[] {
  const { group = '', version = '', service } = spec ?? {};
  const errors: FieldError[] = [];
  const wanted = `${version}.${group}`;
  if (metadata.name !== wanted && metadata.name !== undefined) {
    const detail = `must be \`spec.version+"."+spec.group\`: "${wanted}"`;
    errors.push(invalidValue('metadata.name', metadata.name, detail));
  }
  if (group === '' && version !== 'v1') {
    errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
  }
  if (group !== '') errors.push(...named('spec.group', group, checkDnsSubdomain));
  errors.push(...named('spec.version', version, checkDns1035Label));
  errors.push(...priorityErrors('spec.groupPriorityMinimum', spec?.groupPriorityMinimum, 20_000));
  errors.push(...priorityErrors('spec.versionPriority', spec?.versionPriority, 1000));
  return [...errors, ...(service === undefined ? localErrors(spec) : remoteErrors(service, spec))];
}

function priorityErrors(field: string, value = 0, limit: number): FieldError[] {
  if (value > 0 && value <= limit) return [];
  return [invalidValue(field, value, `must be positive and less than ${limit}`)];
}

/** There is no connection that could be verified. */
function localErrors(spec: Partial<APIServiceSpec> = {}): FieldError[] {
  const errors: FieldError[] = [];
  const { caBundle, insecureSkipTLSVerify } = spec;
  if (caBundle) {
    errors.push(
      invalidValue('spec.caBundle', `${bytesOf(caBundle)} bytes`, 'local APIServices may not have a caBundle'),
    );
  }
  if (insecureSkipTLSVerify === true) {
    const detail = 'local APIServices may not have insecureSkipTLSVerify';
    errors.push(invalidValue('spec.insecureSkipTLSVerify', true, detail));
  }
  return errors;
}

function remoteErrors({ name, namespace, port }: ServiceReference, spec: Partial<APIServiceSpec> = {}): FieldError[] {
  const errors: FieldError[] = [];
  if (!namespace) errors.push(required('spec.service.namespace'));
  if (!name) errors.push(required('spec.service.name'));
  const problems = port === undefined ? [] : checkPortNumber(port);
  if (problems.length > 0) {
    errors.push(invalidValue('spec.service.port', port, `port is not valid: ${problems.join(', ')}`));
  }
  if (spec.insecureSkipTLSVerify === true && spec.caBundle) {
    errors.push(invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'));
  }
  return errors;
}

/** Of what the base64 text stands for. */
function bytesOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}
