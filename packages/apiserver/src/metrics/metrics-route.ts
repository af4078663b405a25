/**
 * `/metrics`: everything that is counted, in the text form of Prometheus.
 */
import type { WebhookMetrics } from '../admission/webhooks/webhook-metrics.ts';
import type { FlowControl } from '../chain/flow-control.ts';
import type { ResourceRegistry } from '../resources/registry.ts';
import type { Routes } from '../routes/routes.ts';
import { exposition, expositionType, type Metric, type Sample } from './exposition.ts';
import { type ProcessUse, processMetrics } from './process-metrics.ts';
import type { RequestMetrics } from './request-metrics.ts';

export interface MetricsParts {
  readonly requests: RequestMetrics;
  readonly webhooks: WebhookMetrics;
  readonly flowControl: FlowControl;
  readonly registry: ResourceRegistry;
  readonly aggregation: { metrics(): Metric[] } | undefined;
  readonly processUse: () => ProcessUse;
}

export function addMetricsRoute(routes: Routes, parts: MetricsParts): void {
  routes.add('/metrics', async () => {
    const metrics = [
      ...parts.requests.metrics(),
      ...parts.webhooks.metrics(),
      ...(parts.aggregation?.metrics() ?? []),
      inFlight(parts.flowControl),
      await storedObjects(parts.registry),
      ...processMetrics(parts.processUse()),
    ];
    return { status: 200, headers: { 'content-type': expositionType }, body: Buffer.from(exposition(metrics)) };
  });
}

function inFlight({ inFlight: { reads, writes } }: FlowControl): Metric {
  return {
    name: 'apiserver_current_inflight_requests',
    help: 'Requests that flow control counts now: not those of system:masters, nor long-running ones.',
    type: 'gauge',
    samples: [
      { labels: { request_kind: 'readOnly' }, value: reads },
      { labels: { request_kind: 'mutating' }, value: writes },
    ],
  };
}

async function storedObjects(registry: ResourceRegistry): Promise<Metric> {
  const samples = new Map<string, Sample>();
  for (const resource of registry.all()) {
    const { definition, storageGroup: group } = resource;
    if (!definition.verbs.includes('list')) continue;
    const name = group === '' ? definition.resource : `${definition.resource}.${group}`;
    if (!samples.has(name)) samples.set(name, { labels: { resource: name }, value: (await resource.storage()).size });
  }
  return {
    name: 'apiserver_storage_objects',
    help: 'Stored objects by resource.',
    type: 'gauge',
    samples: [...samples.values()],
  };
}
