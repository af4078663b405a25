/** What a plan does, one thing after the other, in words for people. */
import { formatDuration } from '@kindred/machinery';
import type { Operation } from '../actions/operation.ts';
import type { ObjectDiff, ReleaseDiff } from '../diff/object-diff.ts';
import { hooksOf } from '../hooks/hook-order.ts';
import { type Resource, resourceLabel } from '../resources/resource.ts';
import type { PlanStep, ReleasePlan } from './release-plan.ts';

export interface StepsOf {
  readonly operation: Operation;
  /** Of the targets, in their order, then of what is deleted. */
  readonly diff: ReleaseDiff;
  readonly crds: ReleaseDiff;
  readonly createsNamespace: boolean;
}

const ACTIONS: Readonly<Record<ObjectDiff['change'], string>> = {
  added: 'create',
  changed: 'update',
  unchanged: 'leave',
  removed: 'delete',
};

export function planSteps({ operation, diff, crds, createsNamespace }: StepsOf): PlanStep[] {
  const { kind, release, settings, change } = operation;
  const namespace = createsNamespace ? [step('create', `Namespace/${release.namespace}`)] : [];
  const hooks = (event: string): PlanStep[] =>
    settings.noHooks
      ? []
      : hooksOf(release.hooks, event).map(({ hook }) => step('run hook', `${hook.kind}/${hook.name}`, event));
  return [
    ...crds.objects.map((object) => ofObject(object, 'definition')),
    ...namespace,
    ...hooks(`pre-${kind}`),
    ...writes(operation, diff),
    ...diff.objects.slice(change.targets.length).map((object) => ofObject(object)),
    ...(settings.wait === 'hookOnly' ? [] : [waitStep(operation, change.targets)]),
    ...hooks(`post-${kind}`),
  ];
}

/** The heading and a line for each step. */
export function stepsText({ kind, name, namespace, revision, base, inputs, steps }: ReleasePlan): string {
  const from = base === undefined ? '' : ` from revision ${base.revision}`;
  const width = Math.max(0, ...steps.map(({ action }) => action.length));
  const places = String(steps.length).length;
  const lines = steps.map(({ action, object, detail }, at) => {
    const text = `${String(at + 1).padStart(places)}. ${action.padEnd(width)}  ${object}`;
    return detail === '' ? text : `${text} (${detail})`;
  });
  const heading = `${kind} of ${namespace}/${name}${from} to revision ${revision} with chart ${inputs.chart}`;
  return `${[heading, '', ...lines, ''].join('\n')}\n`;
}

function step(action: string, object: string, detail = ''): PlanStep {
  return { action, object, detail };
}

function writes(operation: Operation, diff: ReleaseDiff): PlanStep[] {
  const { targets, order } = operation.change;
  const write = (at: number): PlanStep[] => {
    const object = diff.objects[at];
    return object === undefined ? [] : [ofObject(object)];
  };
  if (order === undefined) return targets.flatMap((_, at) => write(at));
  return order.waves.flatMap(({ members, ready, externals }) => {
    const waited = ready.flatMap((at) => targets[at] ?? []);
    const others = externals.map(({ type, name }) =>
      step('wait for', `${type}/${name}`, 'of others, until it is ready'),
    );
    return [...(waited.length === 0 ? [] : [waitStep(operation, waited)]), ...others, ...members.flatMap(write)];
  });
}

function waitStep({ settings }: Operation, resources: readonly Resource[]): PlanStep {
  const objects = resources.map(resourceLabel).join(', ');
  return step('wait for', objects, `until ready, at most ${formatDuration(settings.timeoutMilliseconds)}`);
}

function ofObject({ change, kind, namespace, name, fields, conflicts, problems }: ObjectDiff, what = ''): PlanStep {
  const refused = conflicts.some(({ decision }) => decision === 'fail') ? ': refused without --on-conflict' : '';
  const details = [
    what,
    fields.length === 0 ? '' : counted(fields.length, 'field'),
    conflicts.length === 0 ? '' : `${counted(conflicts.length, 'field')} of others${refused}`,
    problems.length === 0 ? '' : 'unsafe',
  ];
  const detail = details.filter((text) => text !== '').join(', ');
  return step(ACTIONS[change], `${kind}/${namespace === '' ? '' : `${namespace}/`}${name}`, detail);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
