/** Validation of probes and lifecycle handlers. */
import {
  checkPortName,
  checkPortNumber,
  type FieldError,
  forbiddenField,
  invalidValue,
  required,
} from '@kindred/machinery';
import type { Container, LifecycleHandler, Probe } from '../../gen/types/core/v1.ts';
import { nonNegative, oneOf } from '../../validation/common.ts';

export function validateProbes(container: Omit<Container, 'name'>, path: string): FieldError[] {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
  return [
    ...(lifecycle?.postStart === undefined ? [] : handlerErrors(lifecycle.postStart, `${path}.lifecycle.postStart`)),
    ...(lifecycle?.preStop === undefined ? [] : handlerErrors(lifecycle.preStop, `${path}.lifecycle.preStop`)),
    ...probeErrors(livenessProbe, `${path}.livenessProbe`, { once: true }),
    ...probeErrors(readinessProbe, `${path}.readinessProbe`, { once: false }),
    ...probeErrors(startupProbe, `${path}.startupProbe`, { once: true }),
  ];
}

/** A port by number or by the name that the container gives it. */
function portErrors(port: number | string | undefined, path: string): FieldError[] {
  const problems = typeof port === 'string' ? checkPortName(port) : checkPortNumber(port ?? 0);
  return problems.map((problem) => invalidValue(path, port ?? 0, problem));
}

function probeErrors(probe: Probe | undefined, path: string, { once }: { once: boolean }): FieldError[] {
  if (probe === undefined) return [];
  const errors = handlerErrors(probe, path);
  errors.push(...nonNegative(`${path}.initialDelaySeconds`, probe.initialDelaySeconds));
  errors.push(...nonNegative(`${path}.timeoutSeconds`, probe.timeoutSeconds));
  errors.push(...nonNegative(`${path}.periodSeconds`, probe.periodSeconds));
  errors.push(...nonNegative(`${path}.successThreshold`, probe.successThreshold));
  errors.push(...nonNegative(`${path}.failureThreshold`, probe.failureThreshold));
  if (once && probe.successThreshold !== undefined && probe.successThreshold > 1) {
    errors.push(invalidValue(`${path}.successThreshold`, probe.successThreshold, 'must be 1'));
  }
  return errors;
}

type Handler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'> & Pick<LifecycleHandler, 'sleep'>;

function handlerErrors({ exec, httpGet, tcpSocket, grpc, sleep }: Handler, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const handlers = Object.entries({ exec, httpGet, tcpSocket, grpc, sleep }).filter(
    ([, handler]) => handler !== undefined,
  );
  if (handlers.length === 0) errors.push(required(path, 'must specify a handler type'));
  for (const [name] of handlers.slice(1)) {
    errors.push(forbiddenField(`${path}.${name}`, 'may not specify more than 1 handler type'));
  }
  if (exec !== undefined && (exec.command ?? []).length === 0) errors.push(required(`${path}.exec.command`));
  if (httpGet !== undefined) {
    if (!httpGet.path) errors.push(required(`${path}.httpGet.path`));
    errors.push(...portErrors(httpGet.port, `${path}.httpGet.port`));
    errors.push(...oneOf(`${path}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']));
  }
  if (tcpSocket !== undefined) errors.push(...portErrors(tcpSocket.port, `${path}.tcpSocket.port`));
  if (grpc !== undefined) errors.push(...portErrors(grpc.port, `${path}.grpc.port`));
  return errors;
}
