/** One try of a probe or hook: HTTP request, TCP connection, or command (core/v1 ProbeHandler, LifecycleHandler). */

import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { ContainerPort, HTTPGetAction, Probe } from '@kindred/apis/core/v1';
import { errorText } from '@kindred/machinery';
import type { RunningContainer } from '../runtime/runtime.ts';

export interface ProbeTarget {
  readonly container: Pick<RunningContainer, 'exec'>;
  readonly ports: readonly ContainerPort[];
  readonly podIP: string;
  /** Where a port of the pod answers. */
  readonly hostPort: (ip: string, port: number) => number;
}

export interface ProbeResult {
  readonly success: boolean;
  /** Why not, as events show it. */
  readonly message: string;
}

export type ProbeHandler = Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket' | 'grpc'>;

/** Never rejects: what goes wrong is the result. */
export async function tryProbe(handler: ProbeHandler, target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  try {
    return await tryHandler(handler, target, timeoutMs);
  } catch (error) {
    // Node.js refuses some things before it tries them: a path with blanks, a port of six digits, a NUL in a command.
    return failure(errorText(error));
  }
}

async function tryHandler(handler: ProbeHandler, target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  if (handler.exec) return tryExec(handler.exec.command ?? [], target, timeoutMs);
  if (handler.httpGet) return tryHttp(handler.httpGet, target, timeoutMs);
  if (handler.tcpSocket) {
    const port = portNumber(handler.tcpSocket.port, target.ports);
    if (port === undefined) return failure(`couldn't find port: ${handler.tcpSocket.port}`);
    const host = handler.tcpSocket.host || target.podIP;
    return tryTcp(host, target.hostPort(host, port), timeoutMs);
  }
  return failure(handler.grpc ? 'grpc probes are not supported by this node' : 'missing probe handler');
}

/** A number, or the name of one of the container's ports. */
function portNumber(port: number | string, ports: readonly ContainerPort[]): number | undefined {
  if (typeof port === 'number') return port;
  if (/^\d+$/.test(port)) return Number(port);
  return ports.find(({ name }) => name === port)?.containerPort;
}

async function tryExec(
  command: readonly string[],
  { container }: ProbeTarget,
  timeoutMs: number,
): Promise<ProbeResult> {
  const result = await container.exec(command, { timeoutMs });
  if (result.timedOut)
    return failure(`command timed out: ${JSON.stringify(command.join(' '))} timed out after ${timeoutMs / 1000}s`);
  return { success: result.exitCode === 0, message: result.output };
}

function tryHttp(action: HTTPGetAction, target: ProbeTarget, timeoutMs: number): Promise<ProbeResult> {
  const named = portNumber(action.port, target.ports);
  if (named === undefined) return Promise.resolve(failure(`couldn't find port: ${action.port}`));
  const host = action.host || target.podIP;
  const secure = action.scheme === 'HTTPS';
  const path = action.path || '/';
  const url = `${secure ? 'https' : 'http'}://${host}:${named}${path}`;
  const headers: Record<string, string> = { 'User-Agent': 'kube-probe/1.36', Accept: '*/*', Connection: 'close' };
  for (const { name, value } of action.httpHeaders ?? []) headers[name] = value;
  return new Promise((resolve) => {
    const options = { host, port: target.hostPort(host, named), path, headers, agent: false as const };
    // Probes ask whether the program answers, not who it is: certificates are not checked, as in the kubelet.
    const request = secure ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options);
    const timer = setTimeout(() => {
      request.destroy();
      resolve(failure(`Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`));
    }, timeoutMs);
    request.on('response', (response) => {
      clearTimeout(timer);
      const status = response.statusCode ?? 0;
      response.destroy();
      const success = status >= 200 && status < 400;
      resolve({ success, message: success ? '' : `HTTP probe failed with statuscode: ${status}` });
    });
    request.on('error', (error) => {
      clearTimeout(timer);
      resolve(failure(`Get "${url}": ${dialError(error, host, named)}`));
    });
    request.end();
  });
}

function tryTcp(host: string, port: number, timeoutMs: number): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (result: ProbeResult) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => finish(failure(`dial tcp ${host}:${port}: i/o timeout`)), timeoutMs);
    socket.on('connect', () => finish({ success: true, message: '' }));
    socket.on('error', (error) => finish(failure(dialError(error, host, port))));
  });
}

function dialError(error: Error, host: string, port: number): string {
  const refused = 'code' in error && error.code === 'ECONNREFUSED';
  return refused ? `dial tcp ${host}:${port}: connect: connection refused` : error.message;
}

function failure(message: string): ProbeResult {
  return { success: false, message };
}
