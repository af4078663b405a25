/**
 * A plan: an install or upgrade as it was worked out, to be done later exactly so. It holds everything that is written,
 * Secrets among it, and what the cluster was like, so that a plan that doesn't fit any more is refused.
 */
import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject } from '@kindred/machinery';
import type { CrdsPolicy } from '../actions/action-options.ts';
import type { ReleaseDiff } from '../diff/object-diff.ts';
import type { GeneratedValue } from '../functions/stable-generators.ts';
import type { OperationSettings } from '../release/journal.ts';
import { MemberError } from '../release/read-members.ts';
import type { CrdFile } from '../resources/crds/apply-crds.ts';

/** An object that the plan writes or deletes, as it was. */
export interface PlannedObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Empty for kinds of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
  /** Undefined when it wasn't there. */
  readonly uid?: string | undefined;
  /** Without its status and what the server keeps for itself. */
  readonly live?: JsonObject | undefined;
}

/** One thing that is done; they are in order. */
export interface PlanStep {
  readonly action: string;
  readonly object: string;
  /** Further words; may be empty. */
  readonly detail: string;
}

/** The newest revision when the plan was made. */
export interface PlanBase {
  readonly revision: number;
  readonly status: string;
}

export interface ReleasePlan {
  readonly kind: 'install' | 'upgrade';
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly created: string;
  /** Uid of the namespace kube-system, by which clusters are told apart; empty when it may not be seen. */
  readonly cluster: string;
  readonly base: PlanBase | undefined;
  /** What it was made of, for people who compare. */
  readonly inputs: { readonly chart: string; readonly chartDigest: string; readonly valuesDigest: string };
  /** The new revision, encoded as it is recorded. */
  readonly record: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly settings: OperationSettings;
  /** Revisions whose objects are in the cluster. */
  readonly bases: readonly number[];
  readonly historyMax: number;
  readonly createNamespace: boolean;
  readonly crds: { readonly policy: CrdsPolicy | undefined; readonly files: readonly CrdFile[] };
  /** Results of stable generators; undefined when those weren't asked for. */
  readonly generated: Readonly<Record<string, GeneratedValue>> | undefined;
  readonly objects: readonly PlannedObject[];
  readonly steps: readonly PlanStep[];
  /** Without the values of Secrets. */
  readonly diff: ReleaseDiff;
}

const API_VERSION = 'helm.kindred.dev/v1';
const KIND = 'ReleasePlan';

export function encodePlan(plan: ReleasePlan): string {
  const text = JSON.stringify(plan);
  return `${JSON.stringify({ apiVersion: API_VERSION, kind: KIND, digest: digestOf(text), plan: JSON.parse(text) }, null, 1)}\n`;
}

/** @throws MemberError when the text is no plan, or was changed */
export function decodePlan(text: string): ReleasePlan {
  const file = parse(text);
  if (!isJsonObject(file) || file['kind'] !== KIND) throw new MemberError('it is no plan of a release');
  if (file['apiVersion'] !== API_VERSION) throw new MemberError(`its version isn't ${API_VERSION}`);
  const { plan, digest } = file;
  if (!isJsonObject(plan) || digest !== digestOf(JSON.stringify(plan))) {
    throw new MemberError('its digest says that it was changed after it was made');
  }
  // The digest says that it is what encodePlan was given.
  return plan as object as ReleasePlan;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // The parser's words quote the text, which is secret.
    throw new MemberError('it is not JSON');
  }
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
