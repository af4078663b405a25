/**
 * `/`: every path that can be asked for, for people who look around with curl or a browser.
 */
import type { DiscoverySource } from '../discovery/served-groups.ts';
import type { HealthChecks } from '../health/health-checks.ts';
import { valueResponse } from '../negotiation/encode.ts';
import type { Routes } from './routes.ts';

export function addIndexRoute(routes: Routes, served: DiscoverySource, health: HealthChecks): void {
  routes.add('/', ({ request }) => {
    const groups = [...served.local(), ...served.elsewhere()].flatMap(({ group, version }) =>
      group === '' ? [`/api/${version}`] : [`/apis/${group}`, `/apis/${group}/${version}`],
    );
    const paths = new Set([...routes.paths().filter((path) => path !== '/'), ...groups, ...health.paths()]);
    return valueResponse(request, { paths: [...paths].sort() });
  });
}
