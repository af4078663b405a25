/**
 * `/`: every path that can be asked for, for people who look around with curl or a browser.
 */
import type { HealthChecks } from '../health/health-checks.ts';
import { valueResponse } from '../negotiation/encode.ts';
import type { ResourceRegistry } from '../resources/registry.ts';
import type { Routes } from './routes.ts';

export function addIndexRoute(routes: Routes, registry: ResourceRegistry, health: HealthChecks): void {
  routes.add('/', ({ request }) => {
    const groups = registry
      .groupVersions()
      .flatMap(({ group, version }) =>
        group === '' ? [`/api/${version}`] : [`/apis/${group}`, `/apis/${group}/${version}`],
      );
    const paths = new Set([...routes.paths().filter((path) => path !== '/'), ...groups, ...health.paths()]);
    return valueResponse(request, { paths: [...paths].sort() });
  });
}
