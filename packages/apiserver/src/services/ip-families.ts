/**
 * The IP families of a Service in a cluster that has IPv4 only ("IPv4/IPv6 dual-stack", Kubernetes documentation). Pure.
 */
import type { Service, ServiceSpec } from '@kindred/apis/core/v1';
import { type FieldError, indexPath, invalidValue } from '@kindred/machinery';
import { isHeadless, needsClusterIp, specOf } from './service-fields.ts';

/** Fills in what the client left open; changes `service` in place. */
export function setIpFamilies(service: Service): FieldError[] {
  const spec = specOf(service);
  if (!needsClusterIp(spec)) return [];
  if (isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0) {
    // Nobody allocates anything for it, and its endpoints are somebody else's: both families may come.
    spec.ipFamilies ??= spec.ipFamilyPolicy === 'SingleStack' ? ['IPv4'] : ['IPv4', 'IPv6'];
    spec.ipFamilyPolicy ??= spec.ipFamilies.length === 2 ? 'RequireDualStack' : 'SingleStack';
    return [];
  }
  const errors = unavailable(spec);
  if (errors.length > 0) return errors;
  spec.ipFamilyPolicy ??= 'SingleStack';
  if ((spec.ipFamilies ?? []).length === 0) spec.ipFamilies = ['IPv4'];
  return [];
}

function unavailable({ ipFamilyPolicy, ipFamilies = [] }: ServiceSpec): FieldError[] {
  const errors = ipFamilies.flatMap((family, index) =>
    family === 'IPv6'
      ? [invalidValue(indexPath('spec.ipFamilies', index), family, 'not configured on this cluster')]
      : [],
  );
  if (ipFamilyPolicy !== 'RequireDualStack') return errors;
  const detail = 'this cluster is not configured for dual-stack services';
  return [invalidValue('spec.ipFamilyPolicy', ipFamilyPolicy, detail), ...errors];
}
