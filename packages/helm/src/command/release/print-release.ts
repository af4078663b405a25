/** What install, upgrade, status and get all say of a release, as helm's status printer does. */

import type { GoMap } from '../../go/value.ts';
import type { Release } from '../../release/release.ts';
import { ansicTime } from '../../release/release-time.ts';
import { coalesceValues } from '../../values/coalesce.ts';
import { writeYaml } from '../../yaml/write.ts';
import type { Palette } from '../output/color.ts';

export interface ReleaseTextOptions {
  readonly colors: Palette;
  /** Tables of the objects of the release; empty when there are none. */
  readonly resources?: string;
  /** Values, hooks and manifest too. */
  readonly everything?: boolean;
  /** The chart's name and versions. */
  readonly chart?: boolean;
  readonly hideNotes?: boolean;
}

export function releaseText(release: Release, options: ReleaseTextOptions): string {
  const { info } = release;
  const { colors, everything = false } = options;
  const isDryRun = info.description.toLowerCase() === 'dry run complete';
  return [
    `NAME: ${release.name}\n`,
    info.lastDeployed === '' ? '' : `LAST DEPLOYED: ${ansicTime(info.lastDeployed)}\n`,
    `NAMESPACE: ${colors.namespace(release.namespace)}\n`,
    `STATUS: ${colors.status(info.status)}\n`,
    `REVISION: ${release.revision}\n`,
    options.chart === true ? chartText(release) : '',
    `DESCRIPTION: ${info.description}\n`,
    options.resources === undefined || options.resources === '' ? '' : `RESOURCES:\n${options.resources}\n`,
    testText(release),
    everything ? valuesText(release) : '',
    everything || isDryRun ? `HOOKS:\n${hooksText(release)}MANIFEST:\n${release.manifest}\n` : '',
    options.hideNotes !== true && info.notes !== '' ? `NOTES:\n${info.notes.trim()}\n` : '',
  ].join('');
}

function chartText({ chart }: Release): string {
  const { name = '', version = '', appVersion = '' } = chart?.metadata ?? {};
  return `CHART: ${name}\nVERSION: ${version}\nAPP_VERSION: ${appVersion}\n`;
}

/** Tests that have run; a chart without any is said to have none. */
function testText({ hooks }: Release): string {
  const tests = hooks.filter(({ events }) => events.includes('test'));
  if (tests.length === 0) return 'TEST SUITE: None\n';
  return tests
    .filter(({ lastRun }) => lastRun.startedAt !== '')
    .map(({ name, lastRun }) =>
      [
        `TEST SUITE:     ${name}\n`,
        `Last Started:   ${ansicTime(lastRun.startedAt)}\n`,
        `Last Completed: ${ansicTime(lastRun.completedAt)}\n`,
        `Phase:          ${lastRun.phase}\n`,
      ].join(''),
    )
    .join('');
}

function valuesText(release: Release): string {
  return `USER-SUPPLIED VALUES:\n${userValuesYaml(release)}\nCOMPUTED VALUES:\n${writeYaml(computedValues(release))}\n`;
}

/** Helm keeps no empty table: none is `null`. */
function userValuesYaml({ config }: Release): string {
  return writeYaml(config.size === 0 ? null : config);
}

/** The values that the user gave over those of the chart. */
export function computedValues({ chart, config }: Release): GoMap {
  return chart === undefined ? config : coalesceValues(chart, config);
}

/** Each hook after a line with its file. */
export function hooksText({ hooks }: Release): string {
  return hooks.map(({ path, manifest }) => `---\n# Source: ${path}\n${manifest}\n`).join('');
}
