/**
 * A group version that another server serves: what an APIService with a Service says (`apiregistration.k8s.io/v1`), in the
 * form in which requests are held against it. Made once after each change of the APIService.
 */
import type { APIService, APIServiceCondition } from '@kindred/apis/apiregistration/v1';
import type { ServicePort } from '../services/service-endpoints.ts';

export const apiServiceGroup = 'apiregistration.k8s.io';
export const apiServiceResource = 'apiservices';

export interface RemoteApi {
  /** Of the APIService: `v1.example.com`. */
  readonly name: string;
  readonly group: string;
  readonly version: string;
  readonly service: ServicePort;
  /** The name that the server's certificate must have: `svc.ns.svc`. */
  readonly serverName: string;
  /** PEM; undefined trusts the authorities of this machine. */
  readonly authorities: string | undefined;
  /** True when the certificate is not looked at. */
  readonly insecure: boolean;
  /** Why no requests are forwarded, in the words of the condition; undefined when they are. */
  readonly unavailable: string | undefined;
}

/** Undefined for an APIService that stands for what this server serves itself. */
export function remoteApiOf({ metadata, spec, status }: APIService): RemoteApi | undefined {
  const { group = '', version = '', service, caBundle, insecureSkipTLSVerify } = spec ?? {};
  if (service === undefined) return undefined;
  const { name = '', namespace = '', port = 443 } = service;
  const condition = availableCondition(status?.conditions);
  return {
    name: metadata.name ?? '',
    group,
    version,
    service: { name, namespace, port },
    serverName: `${name}.${namespace}.svc`,
    authorities: caBundle ? Buffer.from(caBundle, 'base64').toString() : undefined,
    insecure: insecureSkipTLSVerify === true,
    unavailable: condition?.status === 'True' ? undefined : (condition?.reason ?? 'NotChecked'),
  };
}

export function availableCondition(
  conditions: readonly APIServiceCondition[] | undefined,
): APIServiceCondition | undefined {
  return conditions?.find(({ type }) => type === 'Available');
}

/** True when connections to the one are as good for the other. */
export function hasSamePeer(a: RemoteApi, b: RemoteApi): boolean {
  return (
    a.serverName === b.serverName &&
    a.service.port === b.service.port &&
    a.authorities === b.authorities &&
    a.insecure === b.insecure
  );
}
