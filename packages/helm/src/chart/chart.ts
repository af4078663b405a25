/** A chart in memory, and what its `Chart.yaml` says (Helm documentation, "Charts"). */
import type { GoMap } from '../go/value.ts';

/** A file of a chart; the name is relative to the chart, with slashes. */
export interface ChartFile {
  readonly name: string;
  readonly data: Uint8Array;
  /** When it was changed last, RFC 3339; unknown for what a program made. */
  readonly modified?: string;
  /** Can be started, where it came from. */
  readonly executable?: boolean;
}

export interface Maintainer {
  readonly name: string;
  readonly email: string;
  readonly url: string;
}

/** Either the name of an export of the child, or a path in the child and one in the parent. */
export type ImportValue = string | { readonly child: string; readonly parent: string };

export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly condition: string;
  readonly tags: readonly string[];
  readonly importValues: readonly ImportValue[];
  readonly alias: string;
}

export interface ChartMetadata {
  readonly apiVersion: string;
  readonly name: string;
  readonly version: string;
  readonly appVersion: string;
  readonly description: string;
  readonly type: string;
  readonly kubeVersion: string;
  readonly home: string;
  readonly icon: string;
  readonly condition: string;
  readonly tags: string;
  readonly deprecated: boolean;
  readonly keywords: readonly string[];
  readonly sources: readonly string[];
  readonly maintainers: readonly Maintainer[];
  readonly annotations: ReadonlyMap<string, string> | undefined;
  readonly dependencies: readonly Dependency[];
}

export interface Chart {
  readonly metadata: ChartMetadata;
  /** The content of values.yaml. */
  readonly values: GoMap;
  /** The text of values.yaml, with its comments; a chart that a program made has none. */
  readonly rawValues?: Uint8Array;
  /** The text of values.schema.json. */
  readonly schema: Uint8Array | undefined;
  readonly templates: readonly ChartFile[];
  /** Everything that is neither a template nor one of the chart's own files. */
  readonly files: readonly ChartFile[];
  readonly dependencies: readonly Chart[];
  /** What Chart.lock says, as JSON. */
  readonly lock?: unknown;
  /** When Chart.yaml and values.schema.json were changed last, as for files. */
  readonly modified?: string;
  readonly schemaModified?: string;
}

/** A chart, or the place that it should come from, is not as it must be. The message is for its user. */
export class ChartError extends Error {
  override readonly name = 'ChartError';
}

export function isLibrary(chart: Chart): boolean {
  return chart.metadata.type.toLowerCase() === 'library';
}

/** Manifests of custom resource definitions, sorted by name. */
export function crdFiles(chart: Chart): ChartFile[] {
  const own = chart.files.filter((file) => file.name.startsWith('crds/') && /\.(?:ya?ml|json)$/.test(file.name));
  return [...own, ...chart.dependencies.flatMap(crdFiles)];
}
