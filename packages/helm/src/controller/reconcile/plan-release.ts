/**
 * Plans: what an install or upgrade would change in the cluster, worked out as `helm plan` does it, for somebody to look at and
 * approve. Steps and differences are in a ConfigMap of the object, with the values of Secrets masked; the status has their
 * summary.
 */
import { createHash } from 'node:crypto';
import { ConfigMap } from '@kindred/apis/core/v1';
import type { ActionContext } from '../../actions/action-context.ts';
import { formatUnified, summarize } from '../../diff/format-diff.ts';
import type { ReleaseDiff } from '../../diff/object-diff.ts';
import { makePlan } from '../../plans/make-plan.ts';
import { stepsText } from '../../plans/plan-steps.ts';
import type { ReleaseInputs } from '../decide/observation.ts';
import type { ReleaseIntent } from '../intent/release-intent.ts';
import { readerFor } from './action-kit.ts';
import { planOptions } from './perform-step.ts';
import type { PreparedRelease } from './prepare-release.ts';
import type { RecordedDetails } from './recorded.ts';
import type { ReleaseRun } from './release-kit.ts';
import type { Plan, ReleaseObject } from './release-object.ts';

/** The annotation that approves a plan by its digest. */
export const APPROVAL = 'helm.kindred.dev/approve';

const MOST_CHANGES = 100;
/** Two of them are well below what an object may hold. */
const LONGEST_TEXT = 300_000;

/** True when the word of somebody is needed and missing. It holds for these inputs, whatever comes of them. */
export function isUnapproved(object: ReleaseObject, intent: ReleaseIntent, inputs: ReleaseInputs): boolean {
  return intent.plan && object.metadata.annotations?.[APPROVAL] !== planDigest(inputs);
}

function planDigest({ chartVersion, chartDigest, configDigest, postRenderersDigest }: ReleaseInputs): string {
  const inputs = JSON.stringify([chartVersion, chartDigest, configDigest, postRenderersDigest]);
  return createHash('sha256').update(inputs).digest('hex').slice(0, 16);
}

/** The plan that is told already, or a new one. @throws ChartError, RenderError, ReleaseError when there can be none */
export async function planRelease(
  run: ReleaseRun,
  prepared: PreparedRelease,
  actions: ActionContext,
  at: { readonly isInstall: boolean; readonly history: readonly RecordedDetails[] },
): Promise<Plan> {
  const digest = planDigest(prepared.inputs);
  const deployed = at.isInstall ? undefined : (at.history.find(({ status }) => status === 'deployed') ?? at.history[0]);
  const base = deployed?.revision ?? 0;
  const told = run.writer.status.plan;
  if (told?.digest === digest && told.base === base) return told;
  const plan = await makePlan(actions, await planOptions(run, prepared, at.isInstall));
  const { diff } = plan;
  const { added, changed, removed } = summarize(diff);
  const configMap = `${run.object.metadata.name}-plan`;
  await writePlan(run, configMap, { digest, steps: shortened(stepsText(plan)), diff: shortened(formatUnified(diff)) });
  const what = at.isInstall ? 'the install' : `the upgrade of revision ${base}`;
  return {
    digest,
    base,
    summary: `${what} would add ${added}, change ${changed} and remove ${removed} objects`,
    changes: changesOf(diff).slice(0, MOST_CHANGES),
    configMap,
  };
}

function changesOf({ objects }: ReleaseDiff): string[] {
  return objects
    .filter(({ change }) => change !== 'unchanged')
    .map(
      ({ change, kind, namespace, name }) => `${change} ${kind} ${namespace === '' ? name : `${namespace}/${name}`}`,
    );
}

function shortened(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT)}\n… and more\n`;
}

async function writePlan(
  { kit, object, context, intent: wanted }: ReleaseRun,
  name: string,
  data: Readonly<Record<string, string>>,
): Promise<void> {
  const { namespace = '', uid } = object.metadata;
  const owner = { apiVersion: object.apiVersion, kind: object.kind, name: object.metadata.name, uid };
  const intent = { metadata: { name, namespace, ownerReferences: [owner] }, data };
  const options = { fieldManager: 'helm-controller', force: true, signal: context.signal };
  await readerFor(kit, context, wanted).apply(ConfigMap, intent, options);
}
