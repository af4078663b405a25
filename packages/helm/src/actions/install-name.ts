/** The name of a new release when the user gives none: `--name-template`, `--generate-name`. */
import type { Clock } from '@kindred/machinery';
import { type FunctionProviders } from '../functions/function-table.ts';
import { GoMap } from '../go/value.ts';
import { ReleaseError } from '../release/release-error.ts';
import { renderTemplates } from '../render/engine.ts';

export interface NameOptions {
  /** The name given; empty when none is. */
  readonly name: string;
  /** The chart as the user names it: a path, a reference. */
  readonly chart: string;
  readonly generateName?: boolean | undefined;
  readonly nameTemplate?: string | undefined;
}

/** @throws ReleaseError Invalid, in helm's words; RenderError for a broken template */
export function installName(options: NameOptions, clock: Clock, functions: FunctionProviders): string {
  const { name, chart, generateName = false, nameTemplate = '' } = options;
  if (name !== '') {
    if (generateName) throw new ReleaseError('Invalid', 'cannot set --generate-name and also specify a name');
    if (nameTemplate !== '') throw new ReleaseError('Invalid', 'cannot set --name-template and also specify a name');
    return name;
  }
  if (nameTemplate !== '') return renderName(nameTemplate, functions);
  if (!generateName) throw new ReleaseError('Invalid', 'must either provide a name or specify --generate-name');
  const path = chart.replace(/\/+$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const base = last === '.' || last === '' ? 'chart' : (last.split('.')[0] ?? '');
  return `${base}-${Math.floor(clock.now() / 1000)}`;
}

function renderName(source: string, functions: FunctionProviders): string {
  const name = 'name-template';
  const file = { name, source, data: new GoMap(), basePath: '' };
  return renderTemplates([file], functions).get(name) ?? '';
}
