/** What is sent to the subresources of a release that do something: options as helm's flags of the same names. */
import { defineKind } from '@kindred/operator';
import { s } from '@kindred/schema';
import { GROUP, type ObjectOf } from './release-fields.ts';

const timeout = s
  .string()
  .pattern('^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$')
  .describe('For each hook and wait: 90s, 5m; five minutes when not given.')
  .optional();

const wait = s
  .enum('hookOnly', 'watcher', 'legacy')
  .describe('What is waited for; hooks only when not given.')
  .optional();

const description = s.string().describe("What the release's description says afterwards.").optional();

const outcome = {
  revision: s.integer().describe('The newest one that there is now.'),
  status: s.string().describe('Its status; pending-… while the work goes on.'),
  description: s.string(),
};

export const ReleaseRollback = defineKind({
  ...GROUP,
  kind: 'ReleaseRollback',
  plural: 'releaserollbacks',
  description: 'Rolls a release back: posted to its subresource rollback.',
  spec: s.object({
    revision: s.integer().min(0).describe('0 for the newest before the last that was ever successful.').default(0),
    wait,
    waitForJobs: s.boolean().optional(),
    timeout,
    noHooks: s.boolean().optional(),
    cleanupOnFail: s.boolean().optional(),
    forceConflicts: s.boolean().optional(),
    historyMax: s.integer().min(0).describe('Revisions that are kept; 10 when not given, 0 keeps all.').optional(),
    description,
  }),
  status: s.object(outcome).describe('What came of it.'),
});

export const ReleaseUninstall = defineKind({
  ...GROUP,
  kind: 'ReleaseUninstall',
  plural: 'releaseuninstalls',
  description: 'Uninstalls a release: posted to its subresource uninstall, for what deleting it cannot say.',
  spec: s.object({
    keepHistory: s.boolean().describe('The records stay, so that it can be rolled back.').optional(),
    cascade: s.enum('background', 'foreground', 'orphan').describe('background when not given.').optional(),
    wait,
    timeout,
    noHooks: s.boolean().optional(),
    description,
  }),
  status: s.object(outcome).describe('What came of it; missing when no record is left.'),
});

export const ReleaseTest = defineKind({
  ...GROUP,
  kind: 'ReleaseTest',
  plural: 'releasetests',
  description: "Runs the chart's tests: posted to the subresource test of a release.",
  spec: s.object({
    include: s.array(s.string()).describe('Names of tests; all when not given.').optional(),
    exclude: s.array(s.string()).optional(),
    timeout,
  }),
  status: s
    .object({
      ...outcome,
      tests: s.array(
        s.object({
          name: s.string(),
          phase: s.string().describe('Succeeded or Failed; missing when it has not run.').optional(),
          startedAt: s.string().optional(),
          completedAt: s.string().optional(),
        }),
      ),
    })
    .describe('What came of it.'),
});

export type ReleaseRollback = ObjectOf<typeof ReleaseRollback>;
export type ReleaseUninstall = ObjectOf<typeof ReleaseUninstall>;
export type ReleaseTest = ObjectOf<typeof ReleaseTest>;
