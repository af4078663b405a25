/**
 * The part of an intent that the specs of our HelmRelease and of Flux's spell in the same way, with the defaults that Flux
 * documents.
 */
import { createHash } from 'node:crypto';
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  isJsonObject,
  type JsonObject,
  parseDuration,
  required,
} from '@kindred/machinery';
import { releaseNameProblem } from '../../release/release-name.ts';
import { parsePointer } from '../drift/pointer.ts';
import { healthExpressionProblem } from '../health/health-expressions.ts';
import type { FluxHelmRelease } from '../kinds/flux-helm-release.ts';
import type { HelmRelease } from '../kinds/helm-release.ts';
import { targetProblem } from '../post-render/object-selector.ts';
import { readyExpression } from './ready-expression.ts';
import type {
  ApplyMethod,
  ChangeSettings,
  KubeConfigReference,
  PostRenderer,
  ReleaseIntent,
  Remediation,
} from './release-intent.ts';

type Spec = HelmRelease['spec'] | FluxHelmRelease['spec'];

/** What a kind that has no such fields of its own takes over. */
export type ReleaseSettings = Omit<ReleaseIntent, 'source' | 'valuesFiles' | 'ignoreMissingValuesFiles'>;

export const DEFAULT_INTERVAL = 5 * 60_000;
export const SHORTEST_INTERVAL = 1000;
export const DEFAULT_TIMEOUT = 5 * 60_000;

/** The longest name that a release may have. */
const LONGEST_NAME = 53;

/** Reads the common fields; what can't be taken is added to `errors`. */
export function releaseSettings(
  {
    apiVersion = '',
    metadata,
    spec,
  }: { readonly apiVersion?: string; readonly metadata: HelmRelease['metadata']; readonly spec: Spec },
  errors: FieldError[],
): ReleaseSettings {
  const { namespace = '', name } = metadata;
  const targetNamespace = spec.targetNamespace ?? namespace;
  const timeout = milliseconds(spec.timeout, DEFAULT_TIMEOUT);
  const of = (text: string | undefined): number => milliseconds(text, timeout);
  const kubeConfig = kubeConfigReference(spec.kubeConfig, namespace, errors);
  for (const [index, { readyExpr }] of (spec.dependsOn ?? []).entries()) {
    if (readyExpr === undefined) continue;
    const compiled = readyExpression(readyExpr);
    if ('problem' in compiled) {
      errors.push(invalidValue(`spec.dependsOn[${index}].readyExpr`, readyExpr, compiled.problem));
    }
  }
  const nameProblem = spec.releaseName === undefined ? undefined : releaseNameProblem(spec.releaseName);
  if (nameProblem !== undefined) errors.push(invalidValue('spec.releaseName', spec.releaseName, nameProblem));
  checkIgnoreRules(spec.driftDetection?.ignore ?? [], errors);
  const install = spec.install ?? {};
  const upgrade = spec.upgrade ?? {};
  const rollback = spec.rollback ?? {};
  const uninstall = spec.uninstall ?? {};
  const ignoreTestFailures = spec.test?.ignoreFailures ?? false;
  checkHealthExpressions(spec.healthCheckExprs ?? [], errors);
  checkStrategy('spec.install.strategy', install.strategy, errors);
  checkStrategy('spec.upgrade.strategy', upgrade.strategy, errors);
  // Flux takes over what it finds; ours asks for that.
  const isFlux = apiVersion.startsWith('helm.toolkit.fluxcd.io/');
  const takesOver = isFlux ? { disableTakeOwnership: false } : { disableTakeOwnership: true };
  const waitRules = spec.waitStrategy?.name === 'legacy' ? { waitAsBefore: true } : {};
  return {
    releaseName:
      spec.releaseName ?? shortened(spec.targetNamespace === undefined ? name : `${targetNamespace}-${name}`),
    targetNamespace,
    storageNamespace: spec.storageNamespace ?? namespace,
    valuesFrom: (spec.valuesFrom ?? []).map((reference) => ({
      kind: reference.kind,
      object: { namespace, name: reference.name },
      key: reference.valuesKey ?? 'values.yaml',
      ...(reference.targetPath === undefined ? {} : { targetPath: reference.targetPath }),
      ...(reference.literal === true ? { literal: true } : {}),
      optional: reference.optional ?? false,
    })),
    values: valuesObject(spec.values, 'spec.values', errors),
    set: [],
    interval: Math.max(SHORTEST_INTERVAL, milliseconds(spec.interval, DEFAULT_INTERVAL)),
    suspend: spec.suspend ?? false,
    dependsOn: (spec.dependsOn ?? []).map((each) => ({
      namespace: each.namespace ?? namespace,
      name: each.name,
      ...(each.readyExpr === undefined ? {} : { readyExpr: each.readyExpr }),
    })),
    maxHistory: spec.maxHistory ?? 5,
    ...(spec.serviceAccountName === undefined ? {} : { serviceAccountName: spec.serviceAccountName }),
    ...(kubeConfig === undefined ? {} : { kubeConfig }),
    strictValues: ('strictValues' in spec ? spec.strictValues : undefined) ?? false,
    externalChanges: ('externalChanges' in spec ? spec.externalChanges : undefined) ?? 'adopt',
    plan: ('plan' in spec ? spec.plan : undefined) ?? false,
    stableGenerators: ('stableGenerators' in spec ? spec.stableGenerators : undefined) ?? true,
    driftDetection: {
      mode: spec.driftDetection?.mode ?? 'disabled',
      ignore: (spec.driftDetection?.ignore ?? []).map((rule) => ({ paths: rule.paths, target: rule.target ?? {} })),
    },
    postRenderers: (spec.postRenderers ?? []).map(postRenderer),
    ...(spec.postRenderStrategy === 'nohooks' ? { postRenderHooks: false } : {}),
    ...(spec.healthCheckExprs === undefined ? {} : { healthChecks: spec.healthCheckExprs }),
    ...(spec.persistentClient === false ? { freshDiscovery: true } : {}),
    install: {
      ...changeSettings(install, of(install.timeout), takesOver),
      ...waitRules,
      ...(install.serverSideApply === undefined
        ? {}
        : { applyMethod: install.serverSideApply ? ('true' as const) : ('false' as const) }),
      crds: install.skipCRDs === true ? 'Skip' : (install.crds ?? 'Create'),
      createNamespace: install.createNamespace ?? false,
      remediation: remediation(install, { last: false, ignoreTestFailures }),
    },
    upgrade: {
      ...changeSettings(upgrade, of(upgrade.timeout), takesOver),
      ...waitRules,
      ...applyMethod(upgrade.serverSideApply),
      crds: upgrade.crds ?? 'Create',
      cleanupOnFail: upgrade.cleanupOnFail ?? false,
      force: upgrade.force ?? false,
      preserveValues: upgrade.preserveValues ?? false,
      reinstallRenamed: (upgrade.chartNameChangeStrategy ?? (isFlux ? 'Reinstall' : 'InPlaceUpdate')) === 'Reinstall',
      remediation: remediation(upgrade, {
        last: (upgrade.remediation?.retries ?? 0) !== 0,
        ignoreTestFailures,
      }),
    },
    test: {
      enable: spec.test?.enable ?? false,
      timeout: of(spec.test?.timeout),
      ignoreFailures: ignoreTestFailures,
      filters: (spec.test?.filters ?? []).map((filter) => ({ name: filter.name, exclude: filter.exclude ?? false })),
    },
    rollback: {
      timeout: of(rollback.timeout),
      disableHooks: rollback.disableHooks ?? false,
      wait: !(rollback.disableWait ?? false),
      waitForJobs: !(rollback.disableWaitForJobs ?? false),
      ...waitRules,
      ...applyMethod(rollback.serverSideApply),
      cleanupOnFail: rollback.cleanupOnFail ?? false,
      force: rollback.force ?? false,
    },
    uninstall: {
      timeout: of(uninstall.timeout),
      disableHooks: uninstall.disableHooks ?? false,
      wait: !(uninstall.disableWait ?? false),
      keepHistory: uninstall.keepHistory ?? false,
      propagation: uninstall.deletionPropagation ?? 'background',
    },
  };
}

function kubeConfigReference(
  given: Spec['kubeConfig'],
  namespace: string,
  errors: FieldError[],
): KubeConfigReference | undefined {
  if (given === undefined) return undefined;
  const { secretRef, configMapRef } = given;
  if ((secretRef === undefined) === (configMapRef === undefined)) {
    errors.push(required('spec.kubeConfig', 'exactly one of secretRef and configMapRef'));
    return undefined;
  }
  if (configMapRef !== undefined) return { kind: 'ConfigMap', object: { namespace, name: configMapRef.name } };
  if (secretRef === undefined) return undefined;
  const { name, key } = secretRef;
  return { kind: 'Secret', object: { namespace, name }, ...(key === undefined ? {} : { key }) };
}

function checkHealthExpressions(checks: NonNullable<Spec['healthCheckExprs']>, errors: FieldError[]): void {
  for (const [index, check] of checks.entries()) {
    for (const name of ['inProgress', 'failed', 'current'] as const) {
      const source = check[name];
      const problem = source === undefined ? undefined : healthExpressionProblem(source);
      if (problem !== undefined) errors.push(invalidValue(`spec.healthCheckExprs[${index}].${name}`, source, problem));
    }
  }
}

type IgnoreRules = NonNullable<NonNullable<Spec['driftDetection']>['ignore']>;

function checkIgnoreRules(rules: IgnoreRules, errors: FieldError[]): void {
  for (const [index, { paths, target = {} }] of rules.entries()) {
    const field = `spec.driftDetection.ignore[${index}]`;
    for (const [at, path] of paths.entries()) {
      if (parsePointer(path) === undefined) {
        errors.push(invalidValue(`${field}.paths[${at}]`, path, 'must be a JSON pointer, which begins with a slash'));
      }
    }
    const problem = targetProblem(target);
    if (problem !== undefined) errors.push(invalidValue(`${field}.target`, JSON.stringify(target), problem));
  }
}

interface Switches {
  readonly disableHooks?: boolean;
  readonly disableWait?: boolean;
  readonly disableWaitForJobs?: boolean;
  readonly disableSchemaValidation?: boolean;
  readonly disableOpenAPIValidation?: boolean;
  readonly disableTakeOwnership?: boolean;
}

function changeSettings(
  spec: Switches,
  timeout: number,
  defaults: { readonly disableTakeOwnership: boolean },
): Omit<ChangeSettings, 'crds' | 'remediation'> {
  return {
    timeout,
    disableHooks: spec.disableHooks ?? false,
    wait: !(spec.disableWait ?? false),
    waitForJobs: !(spec.disableWaitForJobs ?? false),
    validateSchema: !(spec.disableSchemaValidation ?? false),
    validateObjects: !(spec.disableOpenAPIValidation ?? false),
    takeOwnership: !(spec.disableTakeOwnership ?? defaults.disableTakeOwnership),
  };
}

const APPLY_METHODS = { enabled: 'true', disabled: 'false', auto: 'auto' } as const;

function applyMethod(word: keyof typeof APPLY_METHODS | undefined): { applyMethod?: ApplyMethod } {
  return word === undefined ? {} : { applyMethod: APPLY_METHODS[word] };
}

interface Strategy {
  readonly name: string;
  readonly retryInterval?: string;
}

const DEFAULT_RETRY_INTERVAL = 5 * 60_000;

function checkStrategy(field: string, strategy: Strategy | undefined, errors: FieldError[]): void {
  if (strategy?.retryInterval === undefined || strategy.name === 'RetryOnFailure') return;
  errors.push(forbiddenField(`${field}.retryInterval`, 'only RetryOnFailure has one'));
}

interface FailureSettings {
  readonly strategy?: Strategy;
  readonly remediation?: {
    readonly retries?: number;
    readonly ignoreTestFailures?: boolean;
    readonly remediateLastFailure?: boolean;
    readonly strategy?: string;
  };
}

function remediation(
  { strategy, remediation: spec = {} }: FailureSettings,
  defaults: { readonly last: boolean; readonly ignoreTestFailures: boolean },
): Remediation {
  const ignoreTestFailures = spec.ignoreTestFailures ?? defaults.ignoreTestFailures;
  if (strategy?.name === 'RetryOnFailure') {
    return {
      retries: Number.POSITIVE_INFINITY,
      ignoreTestFailures,
      remediateLastFailure: false,
      strategy: 'retry',
      retryInterval: milliseconds(strategy.retryInterval, DEFAULT_RETRY_INTERVAL),
    };
  }
  const retries = spec.retries ?? 0;
  return {
    retries: retries < 0 ? Number.POSITIVE_INFINITY : retries,
    ignoreTestFailures,
    remediateLastFailure: spec.remediateLastFailure ?? defaults.last,
    strategy: spec.strategy === 'uninstall' ? 'uninstall' : 'rollback',
  };
}

function postRenderer({ kustomize = {} }: NonNullable<Spec['postRenderers']>[number]): PostRenderer {
  return {
    patches: (kustomize.patches ?? []).map(({ patch, target }) =>
      target === undefined ? { patch } : { patch, target },
    ),
    images: kustomize.images ?? [],
  };
}

/** Values must be a map. */
export function valuesObject(values: unknown, path: string, errors: FieldError[]): JsonObject {
  if (values === undefined || values === null) return {};
  if (isJsonObject(values)) return values;
  errors.push(invalidValue(path, values, 'must be an object'));
  return {};
}

export function milliseconds(text: string | undefined, otherwise: number): number {
  return text === undefined ? otherwise : (parseDuration(text) ?? otherwise);
}

/** A name that is too long ends in a digest of the whole, as Flux has it. */
function shortened(name: string): string {
  if (name.length <= LONGEST_NAME) return name;
  return `${name.slice(0, 40)}-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`;
}
