/** `.Chart`: the metadata under the names that Go's structs have. */
import type { Chart, Dependency, ImportValue } from '../chart/chart.ts';
import { GoMap, type GoValue } from '../go/value.ts';

export function chartObject(chart: Chart, isRoot: boolean): GoMap {
  const { metadata } = chart;
  return new GoMap([
    ['APIVersion', metadata.apiVersion],
    ['Annotations', new GoMap(metadata.annotations ?? null, 'map[string]string')],
    ['AppVersion', metadata.appVersion],
    ['Condition', metadata.condition],
    ['Dependencies', metadata.dependencies.map(dependencyObject)],
    ['Deprecated', metadata.deprecated],
    ['Description', metadata.description],
    ['Home', metadata.home],
    ['Icon', metadata.icon],
    ['IsRoot', isRoot],
    ['Keywords', [...metadata.keywords]],
    ['KubeVersion', metadata.kubeVersion],
    [
      'Maintainers',
      metadata.maintainers.map(
        ({ name, email, url }) =>
          new GoMap([
            ['Email', email],
            ['Name', name],
            ['URL', url],
          ]),
      ),
    ],
    ['Name', metadata.name],
    ['Sources', [...metadata.sources]],
    ['Tags', metadata.tags],
    ['Type', metadata.type],
    ['Version', metadata.version],
  ]);
}

function dependencyObject(dependency: Dependency): GoMap {
  return new GoMap([
    ['Alias', dependency.alias],
    ['Condition', dependency.condition],
    ['Enabled', true],
    ['ImportValues', dependency.importValues.map(importObject)],
    ['Name', dependency.name],
    ['Repository', dependency.repository],
    ['Tags', [...dependency.tags]],
    ['Version', dependency.version],
  ]);
}

function importObject(value: ImportValue): GoValue {
  if (typeof value !== 'string') return new GoMap(Object.entries(value));
  return new GoMap([
    ['child', `exports.${value}`],
    ['parent', '.'],
  ]);
}
