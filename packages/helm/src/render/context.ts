/** What the templates of each chart see as their dot: Values, Chart, Files, Release, Capabilities, Subcharts. */
import { type Chart, isLibrary } from '../chart/chart.ts';
import { basePath, joinPath } from '../functions/paths.ts';
import { fromBytes } from '../go/bytes.ts';
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { mapView } from '../go/map-view.ts';
import { type GoFunction, GoMap, type GoValue, goInt, isMap } from '../go/value.ts';
import { tableAt, valueAt } from '../values/coalesce-tables.ts';
import { writeYaml } from '../yaml/write.ts';
import { type Capabilities, capabilitiesObject } from './capabilities.ts';
import { chartObject } from './chart-object.ts';
import type { TemplateFile } from './engine.ts';
import { filesObject } from './files-object.ts';

/** What templates see as `.Release`. */
export interface BuiltInRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly isUpgrade: boolean;
}

/**
 * The template files of the chart and its dependencies, each with its dot.
 *
 * @param values the coalesced ones
 * @param onFileRead hears which of the chart's own files templates read
 */
export function templateFiles(
  chart: Chart,
  values: GoMap,
  release: BuiltInRelease,
  capabilities: Capabilities,
  onFileRead: (name: string) => void = () => undefined,
): TemplateFile[] {
  const shared: Shared = {
    release: releaseObject(release),
    capabilities: capabilitiesObject(capabilities),
    files: [],
    onFileRead,
  };
  describe(chart, values, chart.metadata.name, true, shared);
  return shared.files;
}

interface Shared {
  readonly release: GoMap;
  readonly capabilities: GoValue;
  readonly files: TemplateFile[];
  readonly onFileRead: (name: string) => void;
}

/** Adds the chart's templates; gives its context. */
function describe(chart: Chart, values: GoMap, path: string, isRoot: boolean, shared: Shared): GoMap {
  const subcharts = new GoMap();
  const context = new GoMap(
    [
      ['Chart', chartObject(chart, isRoot)],
      ['Files', filesObject(chart.files, isRoot ? shared.onFileRead : () => undefined)],
      ['Release', shared.release],
      ['Capabilities', shared.capabilities],
      ['Values', valuesObject(values)],
      ['Subcharts', subcharts],
    ],
    VALUES_TYPE,
  );
  for (const dependency of chart.dependencies) {
    const { name } = dependency.metadata;
    const inner = values.get(name);
    subcharts.set(
      name,
      describe(dependency, isMap(inner) ? inner : new GoMap(), `${path}/charts/${name}`, false, shared),
    );
  }
  for (const file of chart.templates) {
    if (isLibrary(chart) && !basePath(file.name).startsWith('_')) continue;
    shared.files.push({
      name: joinPath(path, file.name),
      source: fromBytes(file.data),
      data: context,
      basePath: joinPath(path, 'templates'),
    });
  }
  return context;
}

const VALUES_TYPE = 'common.Values';

/** The same table, typed as helm types values. */
function valuesObject(values: GoMap): GoMap {
  return mapView(values, VALUES_TYPE, methodsOf(values));
}

function methodsOf(values: GoMap): ReadonlyMap<string, GoFunction> {
  return new Map<string, GoFunction>([
    ['YAML', fn([], () => writeYaml(values))],
    ['AsMap', fn([], () => values)],
    [
      'Table',
      fn(['string'], (name) => {
        const table = tableAt(values, name);
        if (table === undefined) throw new FunctionError(`"${name}" is not a table`);
        return valuesObject(table);
      }),
    ],
    [
      'PathValue',
      fn(['string'], (path) => {
        const value = valueAt(values, path);
        if (value === undefined || isMap(value)) throw new FunctionError(`"${path}" is not a value`);
        return value;
      }),
    ],
  ]);
}

function releaseObject(release: BuiltInRelease): GoMap {
  return new GoMap([
    ['Name', release.name],
    ['Namespace', release.namespace],
    ['IsUpgrade', release.isUpgrade],
    ['IsInstall', !release.isUpgrade],
    ['Revision', goInt(release.revision)],
    ['Service', 'Helm'],
  ]);
}
