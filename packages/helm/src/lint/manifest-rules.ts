/** What lint wants of the objects that templates give. */
import { checkDns1035Label, checkDnsLabel, checkDnsSubdomain, checkPathSegment } from '@kindred/machinery';
import { quote } from '../go/quote.ts';
import { isMap, sliceItems } from '../go/value.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import type { LintObject } from './documents.ts';

/** Names must be what the API server accepts for the kind. */
export function nameProblem({ kind, name }: LintObject): string | undefined {
  const problems = nameCheck(kind.toLowerCase())(name).map(
    (problem) => `metadata.name: Invalid value: ${quote(name)}: ${problem.replace(/ bytes$/, ' characters')}`,
  );
  if (problems.length === 0) return undefined;
  const all = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return `object name does not conform to Kubernetes naming requirements: ${quote(name)}: ${all ?? ''}`;
}

function nameCheck(kind: string): (name: string) => string[] {
  switch (kind) {
    case 'service':
      return checkDns1035Label;
    case 'namespace':
      return checkNamespace;
    case 'certificatesigningrequest':
      return () => [];
    case 'role':
    case 'clusterrole':
    case 'rolebinding':
    case 'clusterrolebinding':
      return checkPathSegment;
    default:
      return checkDnsSubdomain;
  }
}

/** Dots are what is wrong most often. */
function checkNamespace(name: string): string[] {
  const problems = checkDnsLabel(name);
  const isDotted = problems.length === 1 && name.length <= 63 && checkDnsSubdomain(name).length === 0;
  return isDotted ? ['must not contain dots'] : problems;
}

const SELECTING = new Set(['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet']);

export function selectorProblem({ kind, name }: LintObject, manifest: string): string | undefined {
  if (!SELECTING.has(kind) || /matchLabels|matchExpressions/.test(manifest)) return undefined;
  return `a ${kind} must contain matchLabels or matchExpressions, and ${quote(name)} does not`;
}

/** Policies of members of a list have no effect. */
export function listProblem({ kind }: LintObject, manifest: string): string | undefined {
  if (kind !== 'List') return undefined;
  try {
    const list = readYaml(manifest);
    const items = isMap(list) ? (sliceItems(list.get('items')) ?? []) : [];
    const isKept = items.some((item) => {
      const metadata = isMap(item) ? item.get('metadata') : undefined;
      const annotations = isMap(metadata) ? metadata.get('annotations') : undefined;
      return isMap(annotations) && annotations.has('helm.sh/resource-policy');
    });
    return isKept ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined;
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    return `unable to parse YAML: error converting YAML to JSON: ${error.message}`;
  }
}

/** Only documents that begin at the margin are read alike by all. */
export function indentProblem(content: string): string | undefined {
  const line = content.split(/\r?\n/).find((each) => each.trim() !== '');
  if (line === undefined || !/^[ \t]/.test(line)) return undefined;
  return `document starts with an illegal indent: ${quote(line)}, which may cause parsing problems`;
}

export function extensionProblem(name: string): string | undefined {
  const base = name.slice(name.lastIndexOf('/') + 1);
  const extension = base.includes('.') ? base.slice(base.lastIndexOf('.')) : '';
  if (['.yaml', '.yml', '.tpl', '.txt'].includes(extension)) return undefined;
  return `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`;
}
