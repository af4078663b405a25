/**
 * What the API server counts of its requests, under upstream's names ("Kubernetes Metrics Reference"): how many by their
 * outcome, how long they took, how many long-running ones there are.
 *
 * Only resources that are served get series of their own, so that nobody can make more of them by asking for others.
 */
import type { RequestInfo } from '../request/request-info.ts';
import type { Labels, Metric } from './exposition.ts';
import { Histogram } from './histogram.ts';

interface Series {
  readonly labels: Labels;
  readonly codes: Map<number, number>;
  readonly seconds: Histogram;
  longRunning: number;
}

/** Seconds, as upstream. */
const bounds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

const verbNames: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

export class RequestMetrics {
  readonly #series = new Map<string, Series>();

  /** Counts a request. @param served whether its path is that of a resource that is served. @param code HTTP status. */
  finished(info: RequestInfo, served: boolean, code: number, milliseconds: number): void {
    const { codes, seconds } = this.#seriesOf(info, served);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    seconds.observe(milliseconds / 1000);
  }

  /** Counts a long-running request from now on; the returned function is to be called at its end. */
  began(info: RequestInfo): () => void {
    const series = this.#seriesOf(info, true);
    series.longRunning++;
    return () => series.longRunning--;
  }

  metrics(): Metric[] {
    const all = [...this.#series.values()];
    return [
      {
        name: 'apiserver_request_total',
        help: 'Requests by verb, resource and HTTP status.',
        type: 'counter',
        samples: all.flatMap(({ labels, codes }) =>
          [...codes].map(([code, value]) => ({ labels: { ...labels, code }, value })),
        ),
      },
      {
        name: 'apiserver_request_duration_seconds',
        help: 'Time from the arrival of a request to the end of its answer.',
        type: 'histogram',
        samples: all.flatMap(({ labels, seconds }) => seconds.samples(labels)),
      },
      {
        name: 'apiserver_longrunning_requests',
        help: 'Watches, followed logs and the like that are open now.',
        type: 'gauge',
        samples: all
          .filter(({ longRunning }) => longRunning > 0)
          .map(({ labels, longRunning }) => ({ labels, value: longRunning })),
      },
    ];
  }

  #seriesOf(info: RequestInfo, served: boolean): Series {
    const { verb, group, version, resource, subresource } = info;
    const scope = served ? scopeOf(info) : '';
    const key = served ? `${verb} ${group}/${version}/${resource}/${subresource} ${scope}` : verb;
    let series = this.#series.get(key);
    if (series === undefined) {
      const name = verbNames[verb] ?? verb.toUpperCase();
      const what = served ? { group, version, resource, subresource } : noResource;
      series = {
        labels: { verb: name, ...what, scope, component: 'apiserver' },
        codes: new Map(),
        seconds: new Histogram(bounds),
        longRunning: 0,
      };
      this.#series.set(key, series);
    }
    return series;
  }
}

const noResource = { group: '', version: '', resource: '', subresource: '' };

function scopeOf({ name, namespace }: RequestInfo): string {
  if (name !== '') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}
