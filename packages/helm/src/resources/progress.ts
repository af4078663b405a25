/** What an operation tells while it works: one event for each step of each object. */
import type { ConflictDecision } from './conflicts/conflict.ts';
import type { Resource } from './resource.ts';

export type ProgressEvent =
  /** The cluster has the object now as the manifest wants it. */
  | { readonly type: 'created' | 'configured' | 'unchanged'; readonly resource: Resource }
  | { readonly type: 'deleted' | 'kept' | 'gone'; readonly resource: Resource }
  /** Waited for; the same reason isn't told twice in a row. */
  | { readonly type: 'waiting'; readonly resource: Resource; readonly status: string; readonly reason: string }
  | { readonly type: 'ready'; readonly resource: Resource }
  | { readonly type: 'failed'; readonly resource: Resource; readonly reason: string }
  /** A field that another manager owns, and what is done about it. Without values, which may be secret. */
  | {
      readonly type: 'conflict';
      readonly resource: Resource;
      readonly path: string;
      readonly owner: string;
      readonly decision: ConflictDecision;
      readonly because: string;
    }
  /** A Kubernetes event about an object that didn't become ready, or about one of its pods. */
  | {
      readonly type: 'event';
      readonly resource: Resource;
      readonly about: string;
      readonly eventType: string;
      readonly reason: string;
      readonly message: string;
      readonly count: number;
    }
  /** The last lines that a container of a failing object wrote. */
  | {
      readonly type: 'log';
      readonly resource: Resource;
      readonly pod: string;
      readonly container: string;
      readonly lines: readonly string[];
    };
