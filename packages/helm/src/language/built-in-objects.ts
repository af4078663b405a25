/** The objects that every template sees beside its values (Helm documentation, "Built-in Objects"). */
import type { Completion } from './completion.ts';

/** A field and what it holds; with fields of its own when it is an object. */
interface BuiltIn {
  readonly note: string;
  readonly fields?: Readonly<Record<string, BuiltIn>>;
}

const text = (note: string): BuiltIn => ({ note });

const ROOT: Readonly<Record<string, BuiltIn>> = {
  Values: text('the values: values.yaml, and over them what the user gives'),
  Release: {
    note: 'the release that is being made',
    fields: {
      Name: text('name of the release'),
      Namespace: text('namespace of the release'),
      IsUpgrade: text('true for upgrades and rollbacks'),
      IsInstall: text('true for installs'),
      Revision: text('number of the revision, from 1'),
      Service: text('the service that renders: Helm'),
    },
  },
  Chart: {
    note: 'what Chart.yaml says',
    fields: {
      APIVersion: text('version of the format of charts: v1 or v2'),
      Annotations: text('annotations of the chart'),
      AppVersion: text('version of what the chart installs'),
      Condition: text('the condition of the chart'),
      Dependencies: text('the dependencies that are enabled'),
      Deprecated: text('whether the chart is deprecated'),
      Description: text('a sentence about the chart'),
      Home: text('address of the project'),
      Icon: text('address of an image'),
      IsRoot: text('true for the chart that is installed, false for its dependencies'),
      Keywords: text('keywords'),
      KubeVersion: text('the versions of Kubernetes that the chart works with'),
      Maintainers: text('names and addresses of maintainers'),
      Name: text('name of the chart'),
      Sources: text('addresses of source code'),
      Tags: text('the tags of the chart'),
      Type: text('application or library'),
      Version: text('version of the chart'),
    },
  },
  Capabilities: {
    note: 'what the cluster can do',
    fields: {
      APIVersions: {
        note: 'the API versions that are served',
        fields: { Has: text('APIVersions.Has "apps/v1/Deployment": whether it is served') },
      },
      KubeVersion: {
        note: 'the version of Kubernetes',
        fields: {
          Version: text('as text, v1.35.0'),
          Major: text('major number, as text'),
          Minor: text('minor number, as text'),
          GitVersion: text('the same as Version'),
        },
      },
      HelmVersion: {
        note: 'the version of helm',
        fields: {
          Version: text('as text, v4.1.4'),
          GitCommit: text('the commit it was built from'),
          GitTreeState: text('clean or dirty'),
          GoVersion: text('the compiler'),
        },
      },
    },
  },
  Files: {
    note: 'the files of the chart that are neither templates nor its own',
    fields: {
      Get: text('Get "file": its text'),
      GetBytes: text('GetBytes "file": its bytes'),
      Glob: text('Glob "config/*": the files whose names match'),
      Lines: text('Lines "file": its lines'),
      AsConfig: text('as the data of a ConfigMap'),
      AsSecrets: text('as the data of a Secret'),
    },
  },
  Template: {
    note: 'the template that is being rendered',
    fields: {
      Name: text('its file, from the chart on'),
      BasePath: text('the directory of templates, from the chart on'),
    },
  },
  Subcharts: text('what the templates of each dependency see, by name'),
};

/** The fields behind these names; empty when there are none. */
export function builtInMembers(names: readonly string[]): Omit<Completion, 'range'>[] {
  let fields: BuiltIn['fields'] = ROOT;
  for (const name of names)
    fields = fields !== undefined && Object.hasOwn(fields, name) ? fields[name]?.fields : undefined;
  return Object.entries(fields ?? {}).map(([label, { note }]) => ({ label, kind: 'field', documentation: note }));
}

/** What one of them holds. */
export function builtInNote(names: readonly string[]): string | undefined {
  const last = names.at(-1);
  return builtInMembers(names.slice(0, -1)).find(({ label }) => label === last)?.documentation;
}
