/**
 * What is counted of webhooks, under upstream's names ("Kubernetes Metrics Reference").
 */
import type { Metric } from '../../metrics/exposition.ts';
import { Histogram } from '../../metrics/histogram.ts';

export interface WebhookCall {
  readonly type: string;
  readonly name: string;
  readonly operation: string;
}

/** Seconds, as upstream. */
const bounds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 25];

export class WebhookMetrics {
  readonly #seconds = new Map<string, { labels: Record<string, string>; histogram: Histogram }>();
  readonly #rejections = new Counter();
  readonly #failOpen = new Counter();

  answered({ name, type, operation }: WebhookCall, outcome: { rejected: boolean; milliseconds: number }): void {
    const labels = { name, type, operation, rejected: String(outcome.rejected) };
    const key = JSON.stringify(labels);
    const series = this.#seconds.get(key) ?? { labels, histogram: new Histogram(bounds) };
    this.#seconds.set(key, series);
    series.histogram.observe(outcome.milliseconds / 1000);
  }

  /** @param code the HTTP status that the webhook gave; 0 when it gave none. */
  rejected({ name, type, operation }: WebhookCall, errorType: string, code: number): void {
    this.#rejections.add({ name, type, operation, error_type: errorType, rejection_code: String(code) });
  }

  failedOpen({ name, type }: WebhookCall): void {
    this.#failOpen.add({ name, type });
  }

  metrics(): Metric[] {
    return [
      {
        name: 'apiserver_admission_webhook_admission_duration_seconds',
        help: 'Time until an admission webhook answered.',
        type: 'histogram',
        samples: [...this.#seconds.values()].flatMap(({ labels, histogram }) => histogram.samples(labels)),
      },
      {
        name: 'apiserver_admission_webhook_rejection_count',
        help: 'Requests that an admission webhook refused, or that failed since it could not be asked.',
        type: 'counter',
        samples: this.#rejections.samples(),
      },
      {
        name: 'apiserver_admission_webhook_fail_open_count',
        help: 'Requests that went on although an admission webhook could not be asked.',
        type: 'counter',
        samples: this.#failOpen.samples(),
      },
    ];
  }
}

class Counter {
  readonly #series = new Map<string, { readonly labels: Readonly<Record<string, string>>; value: number }>();

  add(labels: Readonly<Record<string, string>>): void {
    const key = JSON.stringify(labels);
    const series = this.#series.get(key);
    if (series === undefined) this.#series.set(key, { labels, value: 1 });
    else series.value++;
  }

  samples(): Metric['samples'] {
    return [...this.#series.values()];
  }
}
