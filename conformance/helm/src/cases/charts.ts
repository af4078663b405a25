/** Whole charts: dependencies, values from several places, ordering, hooks. */
import { CHART_YAML, type ChartSource } from '../render-both.ts';

export interface ChartCase {
  readonly name: string;
  readonly files: ChartSource;
  /** Text of a file given with -f. */
  readonly values?: string;
  /** Other arguments, such as --set. */
  readonly set?: readonly (readonly ['--set' | '--set-string' | '--set-json' | '--set-literal', string])[];
}

const dump = 'values: {{ .Values | toJson }}\nname: {{ .Chart.Name }}\nfile: {{ .Template.Name }}\n';

function chart(name: string, extra = ''): string {
  return `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n${extra}`;
}

const family: ChartSource = {
  'Chart.yaml': chart('parent'),
  'values.yaml':
    'a: 1\ntable: {x: 1, y: {z: 2}}\nglobal: {g: parent, deep: {p: 1}}\nchild: {own: fromParent, list: [1], drop: null, t: {gone: null}}\n',
  'templates/a.yaml': dump,
  'charts/child/Chart.yaml': chart('child'),
  'charts/child/values.yaml':
    'own: default\nlist: [9, 9]\ndrop: me\nextra: {k: v}\nt: {gone: 1, stays: 2}\nglobal: {g: child, c: 1, deep: {q: 2}}\n',
  'charts/child/templates/a.yaml': dump,
  'charts/child/charts/grand/Chart.yaml': chart('grand'),
  'charts/child/charts/grand/values.yaml': 'v: 1\nw: {a: 1}\n',
  'charts/child/charts/grand/templates/a.yaml': dump,
};

const userValues: readonly string[] = [
  'a: 2\n',
  'a: null\n',
  'table: null\n',
  'table: {x: null}\n',
  'table: {y: {z: null, n: 5}}\n',
  'table: text\n',
  'child: {own: null}\n',
  'child: {t: null, extra: null}\n',
  'child: {t: {stays: null}, grand: {v: null, w: {a: null, b: 2}}}\n',
  'global: {g: user, new: {n: 1}}\n',
  'global: {deep: {p: null}}\n',
  'global: {g: {now: table}}\n',
  'child: {global: {g: direct, deep: {q: 9}}}\n',
  'unknown: null\nother: {n: null, m: 1}\n',
  'child: {unknown: null}\n',
  'x: 1\n---\ny: 2\n---\nx: 3\n',
];

const conditional = (dependencies: string, values = ''): ChartSource => ({
  'Chart.yaml': chart('parent', `dependencies:\n${dependencies}`),
  'values.yaml': values,
  'templates/a.yaml': `${dump}deps: {{ .Chart.Dependencies | toJson }}\n`,
  'charts/one/Chart.yaml': chart('one'),
  'charts/one/values.yaml': 'v: 1\nexports: {data: {imported: yes, nested: {a: 1}}}\nother: {b: 2}\n',
  'charts/one/templates/a.yaml': dump,
  'charts/two/Chart.yaml': chart('two'),
  'charts/two/templates/a.yaml': dump,
});

const dependency = (name: string, extra: string): string =>
  `- name: ${name}\n  version: ">=1.0.0"\n  repository: ""\n${extra}`;

const object = (kind: string, name: string, more = ''): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n${more}`;
const hook = (events: string, more = ''): string => `  annotations:\n    "helm.sh/hook": ${events}\n${more}`;

/** Nils among the defaults of both charts: a nil of the user over one of these stays. */
const nils: ChartSource = {
  'Chart.yaml': chart('parent'),
  'values.yaml':
    'top: null\nt: {x: null, v: 1, deep: {p: null, q: 2}}\nchild: {s: null, t: {x: null, v: 1}}\nglobal: {g: null, t: {x: null}}\n',
  'templates/a.yaml': dump,
  'charts/child/Chart.yaml': chart('child'),
  'charts/child/values.yaml':
    's: null\ns2: null\nt: {x: null, v: 2, z: null, w: 4}\nglobal: {g: null, i: null, t: {x: null, u: null}}\n',
  'charts/child/templates/a.yaml': dump,
};
const nilValues: readonly string[] = [
  '',
  't: {x: null, v: null, deep: {p: null, q: null}}\n',
  'child: {s: null, s2: null, t: {x: null, v: null, z: null, w: null, new: null}}\n',
  'child: {t: null}\nglobal: {g: null, i: null, t: {x: null, u: null}}\n',
];

export const chartCases: readonly ChartCase[] = [
  ...nilValues.map((values) => ({ name: `nils with ${JSON.stringify(values)}`, files: nils, values })),
  { name: 'family defaults', files: family },
  ...userValues.map((values) => ({ name: `family with ${JSON.stringify(values)}`, files: family, values })),
  ...(
    [
      [['--set', 'a=5,b=1.5,c=true,d=null,e=0,f=007,g=text,h=1e3,i=-3']],
      [['--set', 'table.x=9,table.y.z=deep,list={a,1,true},empty={},table.n=null']],
      [['--set', 'l[0]=a,l[2].x=y,m[1][0]=z']],
      [['--set', 'esc\\.aped=x,comma=a\\,b,back=a\\\\b']],
      [['--set-string', 'n=5,b=true,z=null']],
      [['--set-json', 'j={"a":[1,2.5,{"b":null}]},k="x"']],
      [['--set-json', '{"a":7,"table":{"x":[1]}}']],
      [['--set-literal', 'lit=a,b={c}[0]\\n']],
      [
        ['--set', 'a=1'],
        ['--set-string', 'a=2'],
      ],
      [['--set', 'child.own=set,global.g=set,child.grand.v=5']],
      [['--set', 'name=']],
    ] as const
  ).map((set) => ({ name: `family with ${JSON.stringify(set)}`, files: family, set })),
  {
    name: 'conditions off',
    files: conditional(
      dependency('one', '  condition: one.enabled\n') + dependency('two', ''),
      'one: {enabled: false}\n',
    ),
  },
  {
    name: 'conditions list',
    files: conditional(
      dependency('one', '  condition: nope.x,two.on,one.enabled\n'),
      'two: {on: false}\none: {enabled: true}\n',
    ),
  },
  {
    name: 'condition no boolean',
    files: conditional(dependency('one', '  condition: one.enabled\n'), 'one: {enabled: "x"}\n'),
  },
  {
    name: 'tags',
    files: conditional(
      dependency('one', '  tags: [t, u]\n') + dependency('two', '  tags: [u]\n'),
      'tags: {t: true, u: false}\n',
    ),
  },
  {
    name: 'tags and conditions',
    files: conditional(dependency('one', '  tags: [t]\n  condition: one.on\n'), 'tags: {t: false}\none: {on: true}\n'),
  },
  {
    name: 'alias',
    files: conditional(dependency('one', '  alias: uno\n') + dependency('one', '  alias: eins\n'), 'uno: {v: 5}\n'),
  },
  {
    name: 'a range that says nothing',
    files: conditional('- name: one\n  version: ""\n  repository: ""\n  alias: other\n'),
  },
  { name: 'a list for a dependency', files: conditional(dependency('one', '')), values: 'one: []\n' },
  { name: 'null for a dependency', files: conditional(dependency('one', '')), set: [['--set', 'one=null']] },
  { name: 'a text that is to be a table', files: conditional(dependency('one', '')), set: [['--set', 'z=1,z.b=3']] },
  { name: 'out of range', files: conditional('- name: one\n  version: "^2.0.0"\n  repository: ""\n') },
  { name: 'import exports', files: conditional(dependency('one', '  import-values: [data]\n')) },
  {
    name: 'import map',
    files: conditional(
      dependency('one', '  import-values:\n  - child: other\n    parent: here.deep\n'),
      'here: {deep: {b: mine, c: 1}}\n',
    ),
  },
  { name: 'import missing', files: conditional(dependency('one', '  import-values: [nope]\n')) },
  {
    name: 'library chart',
    files: {
      'Chart.yaml': chart('parent'),
      'templates/a.yaml': 'x: {{ include "lib.name" . }}\n',
      'charts/lib/Chart.yaml': chart('lib', 'type: library\n'),
      'charts/lib/templates/_h.tpl': '{{ define "lib.name" }}{{ .Chart.Name }}-lib{{ end }}',
      'charts/lib/templates/not.yaml': 'y: 1\n',
    },
  },
  {
    name: 'definitions override',
    files: {
      ...family,
      'templates/_h.tpl': '{{ define "who" }}parent{{ end }}',
      'charts/child/templates/_h.tpl': '{{ define "who" }}child{{ end }}{{ define "only" }}{{ end }}',
      'charts/child/templates/b.yaml': 'who: {{ include "who" . }}{{ include "only" . }}\n',
      'templates/b.yaml': 'sub: {{ .Subcharts.child.Values.own }} {{ .Subcharts.child.Chart.Name }}\n',
    },
  },
  {
    name: 'order of kinds',
    files: {
      'Chart.yaml': CHART_YAML,
      'templates/a.yaml': [
        'Deployment',
        'Service',
        'ConfigMap',
        'Zebra',
        'Apple',
        'Namespace',
        'Job',
        'ClusterRole',
        'Ingress',
      ]
        .map((kind) => object(kind, kind.toLowerCase()))
        .join('---\n'),
      'templates/b.yaml': `${object('ConfigMap', 'b')}\n---\n# only a comment\n---\n\n---\n${object('Secret', 'c')}`,
      'templates/sub/c.yaml': object('ConfigMap', 'c'),
      'templates/empty.yaml': '{{ if false }}x: 1{{ end }}\n',
      'templates/NOTES.txt': 'Notes of {{ .Release.Name }}',
      'templates/_partial.tpl': 'not rendered {{ fail "no" }}',
    },
  },
  {
    name: 'hooks',
    files: {
      'Chart.yaml': CHART_YAML,
      'templates/a.yaml': [
        object('Job', 'pre', hook('pre-install,pre-upgrade', '    "helm.sh/hook-weight": "-5"\n')),
        object('Pod', 'test', hook('test-success')),
        object('ConfigMap', 'plain'),
        object('ConfigMap', 'hookmap', hook('post-install', '    "helm.sh/hook-delete-policy": hook-succeeded\n')),
        object('Pod', 'unknown', hook('pre-nothing')),
      ].join('---\n'),
    },
  },
  {
    name: 'crds, files and ignored files',
    files: {
      'Chart.yaml': CHART_YAML,
      '.helmignore': '# comment\n*.bak\n/secret\nskip/\n',
      'crds/x.yaml': object('CustomResourceDefinition', 'x'),
      'keep.txt': 'k',
      'drop.bak': 'b',
      'skip/in.txt': 's',
      'README.md': 'read',
      LICENSE: 'l',
      'templates/a.yaml': 'files: {{ range $p, $_ := .Files }}{{ $p }} {{ end }}\n',
      'templates/.hidden.yaml': 'hidden: true\n',
    },
  },
  {
    name: 'crlf and bom',
    files: {
      'Chart.yaml': CHART_YAML,
      'values.yaml': '\ufeffa: 1\r\nb: 2\r\n',
      'templates/a.yaml': '\ufeffx: {{ .Values.a }}\r\ny: {{ .Values.b }}\r\n',
    },
  },
  {
    name: 'v1 chart',
    files: {
      'Chart.yaml': 'apiVersion: v1\nname: old\nversion: 0.1.0\nappVersion: 1.10\n',
      'templates/a.yaml': 'v: {{ .Chart.AppVersion }} {{ .Chart.APIVersion }}\n',
    },
  },
  {
    name: 'kubeVersion met',
    files: { 'Chart.yaml': `${CHART_YAML}kubeVersion: ">=1.20.0-0"\n`, 'templates/a.yaml': 'x: 1\n' },
  },
  {
    name: 'kubeVersion not met',
    files: { 'Chart.yaml': `${CHART_YAML}kubeVersion: "<1.20"\n`, 'templates/a.yaml': 'x: 1\n' },
  },
  { name: 'library alone', files: { 'Chart.yaml': chart('lib', 'type: library\n') } },
];
