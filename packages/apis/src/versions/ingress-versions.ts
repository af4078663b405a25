/** Ingresses as extensions/v1beta1 had them: backends named service and port in one breath. */
import type { Unstructured } from '@kindred/machinery';
import type { TypedLocalObjectReference } from '../gen/types/core/v1.ts';
import type { HTTPIngressPath, IngressBackend, IngressRule } from '../gen/types/networking/v1.ts';

interface OldBackend {
  serviceName?: string;
  servicePort?: number | string;
  resource?: TypedLocalObjectReference;
}
interface OldSpec {
  backend?: OldBackend;
  rules?: { host?: string; http?: { paths?: (Omit<HTTPIngressPath, 'backend'> & { backend: OldBackend })[] } }[];
}
interface NewSpec {
  defaultBackend?: IngressBackend;
  rules?: IngressRule[];
}

export function setOldIngressDefaults(ingress: Unstructured): void {
  for (const rule of (ingress['spec'] as OldSpec | undefined)?.rules ?? []) {
    for (const path of rule.http?.paths ?? []) path.pathType ??= 'ImplementationSpecific';
  }
}

export function ingressToStorage(ingress: Unstructured): Unstructured {
  // Objects have passed `decodeObject`: the spec has its version's shape. The same holds on the way back.
  const spec = ingress['spec'] as OldSpec | undefined;
  if (spec === undefined) return ingress;
  const { backend, rules, ...rest } = spec;
  return {
    ...ingress,
    spec: {
      ...rest,
      ...(backend === undefined ? {} : { defaultBackend: newBackend(backend) }),
      ...(rules === undefined ? {} : { rules: mapBackends(rules, newBackend) }),
    },
  };
}

export function ingressFromStorage(ingress: Unstructured): Unstructured {
  const spec = ingress['spec'] as NewSpec | undefined;
  if (spec === undefined) return ingress;
  const { defaultBackend, rules, ...rest } = spec;
  return {
    ...ingress,
    spec: {
      ...rest,
      ...(defaultBackend === undefined ? {} : { backend: oldBackend(defaultBackend) }),
      ...(rules === undefined ? {} : { rules: mapBackends(rules, oldBackend) }),
    },
  };
}

interface Rule<B> {
  http?: { paths?: { backend: B }[] };
}

function mapBackends<From, To>(rules: readonly Rule<From>[], map: (backend: From) => To): Rule<To>[] {
  return rules.map(({ http, ...rule }) => {
    if (http === undefined) return rule;
    const paths = (http.paths ?? []).map((path) => ({ ...path, backend: map(path.backend) }));
    return { ...rule, http: { ...http, paths } };
  });
}

function newBackend({ serviceName, servicePort, ...rest }: OldBackend): IngressBackend {
  if (serviceName === undefined && servicePort === undefined) return rest;
  const port = typeof servicePort === 'string' ? { name: servicePort } : { number: servicePort ?? 0 };
  return { ...rest, service: { name: serviceName ?? '', port } };
}

function oldBackend({ service, ...rest }: IngressBackend): OldBackend {
  if (service === undefined) return rest;
  const servicePort = service.port?.name || (service.port?.number ?? 0);
  return { ...rest, serviceName: service.name, servicePort };
}
