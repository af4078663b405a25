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
  readonly verb: string;
  readonly subresource: string;
  readonly scope: string;
  readonly labels: Labels;
  readonly codes: Map<number, number>;
  readonly seconds: Histogram;
  longRunning: number;
}

/** Seconds, as upstream. */
const bounds = [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

const knownVerbs = new Set([
  'get',
  'head',
  'options',
  'list',
  'watch',
  'create',
  'post',
  'update',
  'put',
  'patch',
  'delete',
  'deletecollection',
]);

const verbNames: Readonly<Record<string, string>> = { create: 'POST', update: 'PUT' };

export class RequestMetrics {
  readonly #ofName = new Map<string, Series[]>();
  readonly #ofUnserved = new Map<string, Series>();
  readonly #ofServed = new WeakMap<object, Series[]>();

  /** Counts a request. @param served what serves the resource of its path, if anything does. @param code HTTP status. */
  finished(info: RequestInfo, served: object | undefined, code: number, milliseconds: number): void {
    const { codes, seconds } = this.#seriesOf(info, served);
    codes.set(code, (codes.get(code) ?? 0) + 1);
    seconds.observe(milliseconds / 1000);
  }

  /** Counts a long-running request from now on; the returned function is to be called at its end. */
  began(info: RequestInfo, served: object | undefined): () => void {
    const series = this.#seriesOf(info, served);
    series.longRunning++;
    return () => series.longRunning--;
  }

  metrics(): Metric[] {
    const all = [...this.#ofUnserved.values(), ...[...this.#ofName.values()].flat()];
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

  #seriesOf(info: RequestInfo, served: object | undefined): Series {
    if (served === undefined) return this.#unserved(info.verb);
    const { verb, subresource } = info;
    const scope = scopeOf(info);
    const known = this.#seriesOfResource(info, served);
    for (const series of known) {
      if (series.verb === verb && series.scope === scope && series.subresource === subresource) return series;
    }
    const made = newSeries(info, scope);
    known.push(made);
    return made;
  }

  /** Clients may write what they like there: verbs that don't exist are counted together. */
  #unserved(verb: string): Series {
    const name = knownVerbs.has(verb) ? verb : 'other';
    let series = this.#ofUnserved.get(name);
    if (series === undefined) {
      series = newSeries({ verb: name, group: '', version: '', resource: '', subresource: '' }, '');
      this.#ofUnserved.set(name, series);
    }
    return series;
  }

  /** Found by what serves the resource, so that counting a request costs no text. */
  #seriesOfResource({ group, version, resource }: RequestInfo, served: object): Series[] {
    const known = this.#ofServed.get(served);
    if (known !== undefined) return known;
    const name = `${group}/${version}/${resource}`;
    // What serves a custom resource is replaced when its definition changes; its series go on.
    const named = this.#ofName.get(name) ?? [];
    this.#ofName.set(name, named);
    this.#ofServed.set(served, named);
    return named;
  }
}

type Described = Pick<RequestInfo, 'verb' | 'group' | 'version' | 'resource' | 'subresource'>;

function newSeries({ verb, group, version, resource, subresource }: Described, scope: string): Series {
  const name = verbNames[verb] ?? verb.toUpperCase();
  return {
    verb,
    subresource,
    scope,
    labels: { verb: name, group, version, resource, subresource, scope, component: 'apiserver' },
    codes: new Map(),
    seconds: new Histogram(bounds),
    longRunning: 0,
  };
}

function scopeOf({ name, namespace }: RequestInfo): string {
  if (name !== '') return 'resource';
  return namespace === '' ? 'cluster' : 'namespace';
}
