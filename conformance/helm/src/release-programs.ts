/**
 * The same commands by the real helm and by our actions, on one cluster, so that each can go on where the other was. What
 * comes back is the result that a user sees: nothing, or the text of the error.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  type ActionContext,
  configMapDriver,
  createActionContext,
  GoMap,
  install,
  loadDirectory,
  nodeProviders,
  rollback,
  secretDriver,
  setValues,
  test,
  uninstall,
  upgrade,
} from '@kindred/helm';
import { systemClock } from '@kindred/machinery';
import { type HttpCluster, httpCluster } from './http-cluster.ts';

/** Options that both know, by the names of helm's flags. */
export interface CommandOptions {
  readonly set?: string;
  readonly serverSide?: boolean;
  readonly rollbackOnFailure?: boolean;
  readonly cleanupOnFail?: boolean;
  readonly noHooks?: boolean;
  readonly keepHistory?: boolean;
  readonly replace?: boolean;
  readonly reuseValues?: boolean;
  readonly resetValues?: boolean;
  readonly resetThenReuseValues?: boolean;
  readonly takeOwnership?: boolean;
  readonly createNamespace?: boolean;
  readonly description?: string;
  readonly labels?: string;
  readonly historyMax?: number;
  readonly wait?: 'watcher' | 'legacy';
  readonly timeout?: string;
  readonly dryRun?: 'client' | 'server';
  readonly skipCrds?: boolean;
  readonly forceConflicts?: boolean;
  readonly forceReplace?: boolean;
  readonly disableOpenApiValidation?: boolean;
  /** Of tests. */
  readonly filter?: readonly string[];
}

/** A program that installs charts. Each command gives the text of its error, or nothing. */
export interface Program {
  readonly name: 'helm' | 'ours';
  install(release: string, chart: string, options?: CommandOptions): Promise<string>;
  upgrade(release: string, chart: string, options?: CommandOptions): Promise<string>;
  rollback(release: string, revision: number, options?: CommandOptions): Promise<string>;
  uninstall(release: string, options?: CommandOptions): Promise<string>;
  test(release: string, options?: CommandOptions): Promise<string>;
}

export interface Programs {
  readonly cluster: HttpCluster;
  readonly helm: Program;
  readonly ours: Program;
  /** A context of our actions. */
  context(): ActionContext;
  /** Writes a chart; gives its directory. */
  chart(name: string, files: Readonly<Record<string, string>>): Promise<string>;
}

export interface ProgramOptions {
  readonly driver?: 'secret' | 'configmap';
  readonly namespace?: string;
}

export async function programs(t: Pick<TestContext, 'after'>, options: ProgramOptions = {}): Promise<Programs> {
  const { driver = 'secret', namespace = 'default' } = options;
  const cluster = await httpCluster(t, { HELM_DRIVER: driver, HELM_NAMESPACE: namespace });
  const directory = await mkdtemp(join(tmpdir(), 'kindred-charts-'));
  t.after(() => rm(directory, { recursive: true }));
  const client = cluster.recorded.as('helm');
  const context = (): ActionContext => {
    const storage = { client, namespace, clock: systemClock };
    return createActionContext({
      client,
      namespace,
      driver: driver === 'secret' ? secretDriver(storage) : configMapDriver(storage),
      functions: nodeProviders(),
      identity: `test-${process.pid}`,
    });
  };
  return {
    cluster,
    context,
    helm: realHelm(cluster),
    ours: ourHelm(context),
    async chart(name, files) {
      for (const [path, content] of Object.entries(files)) {
        const file = join(directory, name, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, content);
      }
      return join(directory, name);
    },
  };
}

function realHelm(cluster: HttpCluster): Program {
  const run = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await cluster.helm(...args);
    return code === 0
      ? ''
      : (/^Error: (?:INSTALLATION FAILED: |UPGRADE FAILED: )?([^]*)$/m.exec(stderr)?.[1] ?? stderr).trim();
  };
  return {
    name: 'helm',
    install: (release, chart, options = {}) => run('install', release, chart, ...flags(options)),
    upgrade: (release, chart, options = {}) => run('upgrade', release, chart, ...flags(options)),
    rollback: (release, revision, options = {}) => run('rollback', release, String(revision), ...flags(options)),
    uninstall: (release, options = {}) => run('uninstall', release, ...flags(options)),
    test: (release, options = {}) => run('test', release, ...flags(options)),
  };
}

function flags(options: CommandOptions): string[] {
  const flag = (name: string, value: string | number | undefined): string[] =>
    value === undefined ? [] : [`--${name}=${value}`];
  const flagWhen = (name: string, isSet: boolean | undefined): string[] => (isSet === true ? [`--${name}`] : []);
  return [
    ...flag('set', options.set),
    ...flag('server-side', options.serverSide === undefined ? undefined : String(options.serverSide)),
    ...flagWhen('rollback-on-failure', options.rollbackOnFailure),
    ...flagWhen('cleanup-on-fail', options.cleanupOnFail),
    ...flagWhen('no-hooks', options.noHooks),
    ...flagWhen('keep-history', options.keepHistory),
    ...flagWhen('replace', options.replace),
    ...flagWhen('reuse-values', options.reuseValues),
    ...flagWhen('reset-values', options.resetValues),
    ...flagWhen('reset-then-reuse-values', options.resetThenReuseValues),
    ...flagWhen('take-ownership', options.takeOwnership),
    ...flagWhen('create-namespace', options.createNamespace),
    ...flagWhen('skip-crds', options.skipCrds),
    ...flagWhen('force-conflicts', options.forceConflicts),
    ...flagWhen('force-replace', options.forceReplace),
    ...flagWhen('disable-openapi-validation', options.disableOpenApiValidation),
    ...flag('description', options.description),
    ...flag('labels', options.labels),
    ...flag('history-max', options.historyMax),
    ...flag('wait', options.wait),
    ...flag('timeout', options.timeout),
    ...flag('dry-run', options.dryRun),
    ...(options.filter ?? []).flatMap((filter) => ['--filter', filter]),
  ];
}

function ourHelm(context: () => ActionContext): Program {
  const outcome = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => '',
      (error: unknown) => {
        if (error instanceof Error && !/^(?:Type|Reference|Range)Error$/.test(error.name)) return error.message;
        throw error;
      },
    );
  const common = (options: CommandOptions) => {
    const { set: _, serverSide: __, labels: ___, filter: ____, timeout, skipCrds, ...rest } = options;
    return {
      ...rest,
      ...(skipCrds === true ? { crds: 'skip' as const } : {}),
      ...(timeout === undefined ? {} : { timeoutMilliseconds: Number.parseFloat(timeout) * 1000 }),
    };
  };
  const values = ({ set }: CommandOptions): GoMap => {
    const map = new GoMap();
    if (set !== undefined) setValues(map, set);
    return map;
  };
  const labelsOf = ({ labels }: CommandOptions): Record<string, string> =>
    Object.fromEntries(
      (labels ?? '')
        .split(',')
        .filter(Boolean)
        .map((pair) => pair.split('=', 2)),
    );
  const side = ({ serverSide }: CommandOptions) =>
    serverSide === undefined ? ('auto' as const) : serverSide ? ('true' as const) : ('false' as const);
  return {
    name: 'ours',
    install: (name, path, options = {}) =>
      outcome(
        loadDirectory(path).then((chart) =>
          install(context(), {
            ...common(options),
            name,
            chart,
            values: values(options),
            labels: labelsOf(options),
            serverSide: options.serverSide,
          }),
        ),
      ),
    upgrade: (name, path, options = {}) =>
      outcome(
        loadDirectory(path).then((chart) =>
          upgrade(context(), {
            ...common(options),
            name,
            chart,
            values: values(options),
            labels: labelsOf(options),
            serverSide: side(options),
          }),
        ),
      ),
    rollback: (name, revision, options = {}) =>
      outcome(rollback(context(), { ...common(options), name, revision, serverSide: side(options) })),
    uninstall: (name, options = {}) => {
      const { dryRun: _, ...rest } = common(options);
      return outcome(uninstall(context(), { ...rest, name }));
    },
    test: (name, { filter = [] } = {}) => {
      const named = (prefix: string): string[] =>
        filter.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length));
      return outcome(test(context(), { name, include: named('name='), exclude: named('!name=') }));
    },
  };
}
