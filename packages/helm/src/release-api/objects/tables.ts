/** What `kubectl get` shows of releases and revisions: the figures of `helm list` and `helm history`. */
import { ansicTime, updatedTime } from '../../release/release-time.ts';
import type { Release } from '../kinds/release.ts';
import type { ReleaseRevision } from '../kinds/release-revision.ts';

interface Column {
  readonly name: string;
  readonly type: 'string' | 'integer';
  readonly description: string;
  readonly priority?: number;
}

type Cells = readonly (string | number)[];

const column = (name: string, description: string, priority = 0): Column => ({
  name,
  type: name === 'Revision' ? 'integer' : 'string',
  description,
  priority,
});

const chartColumns = [
  column('Status', 'What became of the last operation on it'),
  column('Chart', 'Name and version of the chart'),
  column('App Version', 'What the chart says that it installs'),
];

export const releaseTable = {
  columns: [
    column('Revision', 'Which revision it is at'),
    column('Updated', 'When that was made'),
    ...chartColumns,
    column('Description', 'What the last operation says', 1),
    column('Apply', 'How its objects are written: ssa or csa', 1),
  ],
  cells: ({ spec, status = {} }: Release): Cells => [
    status.revision ?? 0,
    updatedTime(status.lastDeployed ?? '', ''),
    ...chartCells(spec, status),
    status.description ?? '',
    status.applyMethod ?? '',
  ],
};

export const revisionTable = {
  columns: [
    column('Release', 'Whose revision it is'),
    column('Revision', 'Its number'),
    column('Updated', 'When it was made'),
    ...chartColumns,
    column('Description', 'What the operation that made it says'),
  ],
  cells: ({ spec, status = {} }: ReleaseRevision): Cells => [
    spec.releaseName,
    status.revision ?? 0,
    ansicTime(status.lastDeployed ?? ''),
    ...chartCells(spec, status),
    status.description ?? '',
  ],
};

/** In helm's words where a record has no chart. */
function chartCells({ chart }: Pick<Release['spec'], 'chart'>, { status = '' }: NonNullable<Release['status']>): Cells {
  if (chart === undefined) return [status, 'MISSING', 'MISSING'];
  return [status, `${chart.name}-${chart.version}`, chart.appVersion ?? ''];
}
