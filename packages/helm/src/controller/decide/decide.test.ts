import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Remediation } from '../intent/release-intent.ts';
import { advance, NO_PROGRESS } from './advance.ts';
import { type Decision, decide, sameInputs } from './decide.ts';
import type { Observation, Progress, RecordedRevision, ReleaseInputs } from './observation.ts';

const inputs: ReleaseInputs = {
  chartName: 'web',
  chartVersion: '1.0.0',
  chartDigest: 'c1',
  configDigest: 'v1',
  postRenderersDigest: '',
};

function revision(number: number, more: Partial<RecordedRevision> = {}): RecordedRevision {
  return {
    revision: number,
    status: 'deployed',
    chartName: 'web',
    chartVersion: '1.0.0',
    configDigest: 'v1',
    digest: `d${number}`,
    ...more,
  };
}

function made(number: number, action: NonNullable<Progress['made']>['action'] = 'upgrade'): Progress['made'] {
  return { revision: number, digest: `d${number}`, action, tests: 'none' };
}

interface Choices {
  readonly retries?: number;
  readonly last?: boolean;
  readonly strategy?: Remediation['strategy'];
  readonly reinstallRenamed?: boolean;
  readonly tests?: boolean;
  readonly externalChanges?: 'adopt' | 'revert';
}

function settings(choices: Choices = {}): Observation['settings'] {
  const action = { timeout: 1, disableHooks: false, wait: true, waitForJobs: true };
  const remediation: Remediation = {
    retries: choices.retries ?? 0,
    ignoreTestFailures: false,
    remediateLastFailure: choices.last ?? false,
    strategy: choices.strategy ?? 'rollback',
  };
  const change = {
    ...action,
    crds: 'Create',
    validateSchema: true,
    validateObjects: true,
    takeOwnership: false,
    remediation,
  } as const;
  return {
    install: { ...change, createNamespace: false },
    upgrade: {
      ...change,
      cleanupOnFail: false,
      force: false,
      preserveValues: false,
      reinstallRenamed: choices.reinstallRenamed ?? false,
    },
    test: { enable: choices.tests ?? false, timeout: 1, ignoreFailures: false, filters: [] },
    externalChanges: choices.externalChanges ?? 'adopt',
    driftDetection: { mode: 'enabled', ignore: [] },
  };
}

function observation(more: Partial<Observation>, choices: Choices = {}): Observation {
  return {
    history: [],
    inputs,
    progress: NO_PROGRESS,
    drifted: false,
    pendingIsAlive: false,
    isUnapproved: false,
    forced: false,
    settings: settings(choices),
    ...more,
  };
}

const done: Progress = {
  made: made(1, 'install'),
  attempted: { inputs, action: 'install' },
  failures: 0,
  untrusted: [],
};
const newValues = { ...inputs, configDigest: 'v2' };
const renamed = { ...inputs, chartName: 'other', chartDigest: 'sha256:other' };
const failedUpgrade: Progress = {
  made: made(2),
  attempted: { inputs: newValues, action: 'upgrade' },
  failures: 1,
  untrusted: [],
};
const failedHistory = [revision(2, { status: 'failed', configDigest: 'v2' }), revision(1)];

const cases: readonly (readonly [string, Observation, Decision])[] = [
  ['nothing there', observation({}), { type: 'install' }],
  ['nothing there, and nothing allowed yet', observation({ isUnapproved: true }), { type: 'plan', isInstall: true }],
  [
    'all in place without a word',
    observation({ history: [revision(1)], progress: done, isUnapproved: true }),
    { type: 'none' },
  ],
  ['all in place', observation({ history: [revision(1)], progress: done }), { type: 'none' }],
  [
    'new values',
    observation({ history: [revision(1)], progress: done, inputs: newValues }),
    { type: 'upgrade', because: 'the values changed' },
  ],
  [
    'a new version',
    observation({ history: [revision(1)], progress: done, inputs: { ...inputs, chartVersion: '2.0.0' } }),
    { type: 'upgrade', because: 'the chart changed from 1.0.0 to 2.0.0' },
  ],
  ['drift', observation({ history: [revision(1)], progress: done, drifted: true }), { type: 'correctDrift' }],
  [
    'pending, alive',
    observation({ history: [revision(2, { status: 'pending-upgrade' })], pendingIsAlive: true }),
    { type: 'wait' },
  ],
  [
    'pending, left',
    observation({ history: [revision(2, { status: 'pending-upgrade' })] }),
    { type: 'recover', isInstall: false },
  ],
  ['half gone', observation({ history: [revision(2, { status: 'uninstalling' })] }), { type: 'uninstall' }],
  ['memory lost', observation({ history: [revision(7)] }), { type: 'adopt', external: false }],
  [
    'rolled back by helm',
    observation({ history: [revision(2, { configDigest: 'v0' }), revision(1)], progress: done }),
    { type: 'adopt', external: true },
  ],
  [
    'rolled back by helm, not to be kept',
    observation({ history: [revision(2, { configDigest: 'v0' })], progress: done }, { externalChanges: 'revert' }),
    { type: 'upgrade', because: 'revision 2 was made by somebody else' },
  ],
  [
    'no attempt left',
    observation({ history: failedHistory, progress: failedUpgrade, inputs: newValues }),
    { type: 'stalled', reason: 'RetriesExceeded' },
  ],
  [
    'last one remedied',
    observation({ history: failedHistory, progress: failedUpgrade, inputs: newValues }, { last: true }),
    { type: 'rollback', to: 1 },
  ],
  [
    'by uninstalling',
    observation(
      { history: failedHistory, progress: failedUpgrade, inputs: newValues },
      { retries: 1, strategy: 'uninstall' },
    ),
    { type: 'uninstall' },
  ],
  [
    'another attempt in place of a remedy',
    observation(
      { history: failedHistory, progress: failedUpgrade, inputs: newValues },
      { strategy: 'retry', retries: 9 },
    ),
    { type: 'upgrade', because: 'the last attempt failed' },
  ],
  [
    'a chart of another name',
    observation({ history: [revision(1)], progress: done, inputs: renamed }, { reinstallRenamed: true }),
    { type: 'uninstall' },
  ],
  [
    'a chart of another name, in place',
    observation({ history: [revision(1)], progress: done, inputs: renamed }),
    { type: 'upgrade', because: 'the content of the chart changed' },
  ],
  [
    'a chart of another name, without a word',
    observation(
      { history: [revision(1)], progress: done, inputs: renamed, isUnapproved: true },
      { reinstallRenamed: true },
    ),
    { type: 'plan', isInstall: false },
  ],
  [
    'nothing to go back to',
    observation(
      { history: failedHistory, progress: { ...failedUpgrade, untrusted: [1] }, inputs: newValues },
      { last: true },
    ),
    { type: 'stalled', reason: 'MissingRollbackTarget' },
  ],
  [
    'remedied, one attempt left',
    observation(
      {
        history: [revision(3), ...failedHistory],
        progress: { ...failedUpgrade, made: made(3, 'rollback') },
        inputs: newValues,
      },
      { retries: 1 },
    ),
    { type: 'upgrade', because: 'the last attempt failed' },
  ],
  [
    'remedied, none left',
    observation({
      history: [revision(3), ...failedHistory],
      progress: { ...failedUpgrade, made: made(3, 'rollback') },
      inputs: newValues,
    }),
    { type: 'stalled', reason: 'RetriesExceeded' },
  ],
  [
    'failed, then changed',
    observation({ history: failedHistory, progress: failedUpgrade, inputs }),
    { type: 'upgrade', because: 'the values changed' },
  ],
  ['to be tested', observation({ history: [revision(1)], progress: done }, { tests: true }), { type: 'test' }],
  [
    'asked for',
    observation({ history: [revision(1)], progress: done, forced: true }),
    { type: 'upgrade', because: 'an upgrade was asked for' },
  ],
];

for (const [name, given, expected] of cases) {
  test(`decide: ${name}`, () => assert.deepEqual(decide(given), expected));
}

/** A cluster where steps succeed or fail as `fate` says. */
class Simulation {
  observed: Observation;
  readonly steps: Decision[] = [];
  readonly #fate: () => boolean;

  constructor(observed: Observation, fate: () => boolean) {
    this.observed = observed;
    this.#fate = fate;
  }

  /** Goes on until nothing is left to do; gives the last decision. */
  run(limit: number): Decision {
    for (let count = 0; count < limit; count++) {
      const decision = decide(this.observed);
      this.steps.push(decision);
      if (['none', 'wait', 'stalled'].includes(decision.type)) return decision;
      this.#step(decision);
    }
    throw new Error(`No end after ${limit} steps: ${this.steps.map(({ type }) => type).join(' ')}`);
  }

  #step(decision: Decision): void {
    const { history, inputs: wanted } = this.observed;
    const succeeded = ['adopt', 'uninstall', 'recover', 'correctDrift'].includes(decision.type) || this.#fate();
    const next = nextHistory(decision, history, { wanted, succeeded });
    const progress = advance(this.observed, decision, { succeeded, latest: next[0] });
    const drifted = this.observed.drifted && decision.type !== 'correctDrift';
    this.observed = { ...this.observed, history: next, progress, drifted };
  }
}

function nextHistory(
  decision: Decision,
  history: readonly RecordedRevision[],
  { wanted, succeeded }: { readonly wanted: ReleaseInputs; readonly succeeded: boolean },
): RecordedRevision[] {
  const number = (history[0]?.revision ?? 0) + 1;
  const superseded = history.map((each) =>
    succeeded && each.status === 'deployed' ? { ...each, status: 'superseded' } : each,
  );
  const status = succeeded ? 'deployed' : 'failed';
  const { chartName, chartVersion, configDigest } = wanted;
  switch (decision.type) {
    case 'install':
    case 'upgrade':
      return [revision(number, { status, chartName, chartVersion, configDigest }), ...superseded];
    case 'rollback': {
      const target = history.find((each) => each.revision === decision.to);
      assert.ok(target !== undefined && target.status !== 'failed', 'only what worked is gone back to');
      return [{ ...target, revision: number, digest: `d${number}`, status }, ...superseded];
    }
    case 'uninstall':
      return [];
    case 'recover':
      return history.map((each) => (each.status.startsWith('pending') ? { ...each, status: 'failed' } : each));
    default:
      return [...history];
  }
}

const choices = fc.record({
  retries: fc.integer({ min: 0, max: 3 }),
  last: fc.boolean(),
  strategy: fc.constantFrom('rollback' as const, 'uninstall' as const),
  tests: fc.boolean(),
  externalChanges: fc.constantFrom('adopt' as const, 'revert' as const),
});

const anyHistory = fc
  .array(
    fc.record({
      status: fc.constantFrom('deployed', 'failed', 'superseded', 'uninstalled', 'pending-upgrade', 'uninstalling'),
      configDigest: fc.constantFrom('v0', 'v1'),
    }),
    { maxLength: 4 },
  )
  .map((records) => records.map((each, index) => revision(records.length - index, each)));

test('decide: from any state, with any luck, it comes to rest, and what rests is in place or told', () => {
  fc.assert(
    fc.property(
      choices,
      anyHistory,
      fc.array(fc.boolean(), { maxLength: 30 }),
      fc.boolean(),
      (chosen, history, luck, drifted) => {
        const fate = [...luck];
        const simulation = new Simulation(observation({ history, drifted }, chosen), () => fate.pop() ?? false);
        const last = simulation.run(60);
        const { observed } = simulation;
        if (last.type !== 'none') return assert.equal(last.type, 'stalled');
        assert.equal(observed.history[0]?.status, 'deployed');
        assert.equal(observed.progress.failures, 0);
        assert.ok(observed.progress.attempted !== undefined && sameInputs(observed.progress.attempted.inputs, inputs));
        assert.equal(observed.drifted, false);
        assert.deepEqual(decide(observed), last, 'and stays so');
      },
    ),
  );
});

test('decide: no more attempts than are allowed', () => {
  fc.assert(
    fc.property(choices, fc.boolean(), (chosen, isThere) => {
      const history = isThere ? [revision(1, { configDigest: 'v0' })] : [];
      const simulation = new Simulation(observation({ history }, chosen), () => false);
      assert.equal(simulation.run(60).type, 'stalled');
      const attempts = simulation.steps.filter(({ type }) => type === 'install' || type === 'upgrade').length;
      // A rollback that fails uses up an attempt too.
      assert.ok(attempts >= 1 && attempts <= chosen.retries + 1, `${attempts} attempts`);
    }),
  );
});

test('decide: good luck needs one attempt', () => {
  fc.assert(
    fc.property(choices, anyHistory, (chosen, history) => {
      const simulation = new Simulation(observation({ history }, chosen), () => true);
      assert.equal(simulation.run(20).type, 'none');
      assert.ok(simulation.steps.filter(({ type }) => type === 'install' || type === 'upgrade').length <= 1);
    }),
  );
});
