/**
 * Health endpoints: `/livez` (the process works), `/readyz` (all of it serves) and `/healthz` ("Kubernetes API health
 * endpoints"). Checks are registered by name; a failing one is told by name, its reason goes to the operator alone.
 */
import { pathNotFound } from '@kindred/machinery';
import type { Exchange } from '../chain/exchange.ts';
import type { ApiResponse } from '../request/api-response.ts';

export interface HealthCheck {
  /** `etcd`, `informer-sync`, `poststarthook/crd-serving`. */
  readonly name: string;
  /** Undefined when all is well, else what is wrong, for the operator. */
  check(): string | undefined | Promise<string | undefined>;
}

export type HealthEndpoint = 'healthz' | 'livez' | 'readyz';

const endpoints: readonly HealthEndpoint[] = ['healthz', 'livez', 'readyz'];

export class HealthChecks {
  readonly #checks: Readonly<Record<HealthEndpoint, Map<string, HealthCheck>>>;

  constructor() {
    const ping: HealthCheck = { name: 'ping', check: () => undefined };
    const fresh = (): Map<string, HealthCheck> => new Map([[ping.name, ping]]);
    this.#checks = { healthz: fresh(), livez: fresh(), readyz: fresh() };
  }

  /** Registers a check; a later one of the same name takes its place. */
  add(check: HealthCheck, where: readonly HealthEndpoint[] = ['readyz', 'healthz']): void {
    for (const endpoint of where) this.#checks[endpoint].set(check.name, check);
  }

  /** The names of the checks that fail now. */
  async failing(endpoint: HealthEndpoint): Promise<string[]> {
    const outcomes = await runAll([...this.#checks[endpoint].values()]);
    return outcomes.filter(({ problem }) => problem !== undefined).map(({ name }) => name);
  }

  /** The endpoints, and each check's own path below them. */
  paths(): string[] {
    return endpoints.flatMap((endpoint) => [
      `/${endpoint}`,
      ...[...this.#checks[endpoint].keys()].map((name) => `/${endpoint}/${name}`),
    ]);
  }

  /** Answers a request below one of the endpoints; undefined when the path isn't one. */
  handle(exchange: Exchange): Promise<ApiResponse> | undefined {
    const [, first = '', ...rest] = exchange.info.path.split('/');
    const endpoint = endpoints.find((name) => name === first);
    if (endpoint === undefined) return undefined;
    return this.#answer(endpoint, rest.join('/'), exchange);
  }

  async #answer(endpoint: HealthEndpoint, name: string, exchange: Exchange): Promise<ApiResponse> {
    const known = this.#checks[endpoint];
    const { query } = exchange.request;
    const excluded = new Set(query.getAll('exclude'));
    const wanted = name === '' ? [...known.values()].filter((check) => !excluded.has(check.name)) : [known.get(name)];
    const outcomes = await runAll(wanted.map((check) => check ?? unknownCheck()));
    const failed = outcomes.some(({ problem }) => problem !== undefined);
    const verbose = failed || (query.has('verbose') && query.get('verbose') !== 'false');
    return textResponse(failed ? 500 : 200, verbose ? report(endpoint, outcomes, excluded) : 'ok');
  }
}

function unknownCheck(): HealthCheck {
  throw pathNotFound();
}

interface Outcome {
  readonly name: string;
  readonly problem: string | undefined;
}

async function runAll(checks: readonly HealthCheck[]): Promise<Outcome[]> {
  return Promise.all(checks.map(async (check) => ({ name: check.name, problem: await check.check() })));
}

function report(endpoint: HealthEndpoint, outcomes: readonly Outcome[], excluded: ReadonlySet<string>): string {
  const lines = outcomes.map(({ name, problem }) =>
    problem === undefined ? `[+]${name} ok` : `[-]${name} failed: reason withheld`,
  );
  for (const name of excluded) lines.push(`[+]${name} excluded: ok`);
  const failed = outcomes.some(({ problem }) => problem !== undefined);
  lines.push(`${endpoint} check ${failed ? 'failed' : 'passed'}`);
  return `${lines.join('\n')}\n`;
}

/** Plain text. */
export function textResponse(status: number, text: string): ApiResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status, headers, body: Buffer.from(text) };
}
