/** Rendered files cut into manifests: documents with a kind, hooks apart from the rest, in the order of installation. */
import { basePath } from '../functions/paths.ts';
import { compareText } from '../go/compare-text.ts';
import { goText } from '../go/format.ts';
import { anyCase, asStruct, type Members } from '../go/struct-members.ts';
import { type GoValue, isMap } from '../go/value.ts';
import { readYamlMembers, YamlError } from '../yaml/read.ts';
import { INSTALL_ORDER, sortByKind } from './kind-order.ts';
import { headProblem } from './manifest-head.ts';
import { RenderError } from './render-error.ts';
import { splitDocuments } from './split-documents.ts';

export interface Manifest {
  /** `chart/templates/x.yaml` */
  readonly path: string;
  readonly content: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** A manifest with the annotation `helm.sh/hook`. */
export interface Hook extends Manifest {
  readonly events: readonly string[];
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}

/** A manifest that helm leaves out, because it is for a hook that there isn't. */
export interface DroppedManifest extends Manifest {
  /** The annotation `helm.sh/hook`. */
  readonly hook: string;
}

export interface SortedManifests {
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
  readonly dropped: readonly DroppedManifest[];
}

/** Says that a manifest is left out. */
export function droppedText({ path, kind, name, hook }: DroppedManifest): string {
  const unknown = hook.split(',').map((event) => event.trim());
  const wrong = unknown.filter((event) => !HOOK_EVENTS.has(event.toLowerCase())).map((event) => JSON.stringify(event));
  return `${kind} ${name} of ${path} is left out: there is no hook ${wrong.join(', ')}`;
}

const HOOK_EVENTS = new Map(
  [
    'pre-install',
    'post-install',
    'pre-delete',
    'post-delete',
    'pre-upgrade',
    'post-upgrade',
    'pre-rollback',
    'post-rollback',
    'test',
  ].map((event) => [event, event]),
).set('test-success', 'test');

/** Throws RenderError for a document that is no YAML. */
export function sortManifests(files: ReadonlyMap<string, string>): SortedManifests {
  const manifests: Manifest[] = [];
  const hooks: Hook[] = [];
  const dropped: DroppedManifest[] = [];
  for (const path of [...files.keys()].sort(compareText)) {
    const content = files.get(path) ?? '';
    if (basePath(path).startsWith('_') || content.trim() === '') continue;
    for (const document of splitDocuments(content)) readDocument(path, document, { manifests, hooks, dropped });
  }
  const kindOf = ({ kind }: Manifest): string => kind;
  return {
    manifests: sortByKind(manifests, kindOf, INSTALL_ORDER),
    hooks: sortByKind(hooks, kindOf, INSTALL_ORDER),
    dropped,
  };
}

interface Sorting {
  readonly manifests: Manifest[];
  readonly hooks: Hook[];
  readonly dropped: DroppedManifest[];
}

function readDocument(path: string, content: string, { manifests, hooks, dropped }: Sorting): void {
  const head = readHead(path, content);
  const manifest: Manifest = {
    path,
    content,
    apiVersion: textMember(head, 'apiVersion'),
    kind: textMember(head, 'kind'),
    name: textMember(member(head, 'metadata'), 'name'),
  };
  const annotations = member(member(head, 'metadata'), 'annotations');
  const events = textMember(annotations, 'helm.sh/hook');
  if (!isMap(annotations) || !annotations.has('helm.sh/hook')) {
    manifests.push(manifest);
    return;
  }
  const known = events.split(',').map((event) => HOOK_EVENTS.get(event.trim().toLowerCase()));
  // Helm drops a document with an event that it doesn't know.
  if (known.includes(undefined)) {
    dropped.push({ ...manifest, hook: events });
    return;
  }
  const list = (name: string): string[] =>
    textMember(annotations, name)
      .split(',')
      .map((each) => each.trim().toLowerCase())
      .filter((each) => each !== '');
  const weight = textMember(annotations, 'helm.sh/hook-weight');
  hooks.push({
    ...manifest,
    events: known.filter((event) => event !== undefined),
    weight: /^[+-]?\d+$/.test(weight) ? Number(weight) : 0,
    deletePolicies: list('helm.sh/hook-delete-policy'),
    outputLogPolicies: list('helm.sh/hook-output-log-policy'),
  });
}

const HEAD: Members = { apiVersion: {}, kind: {}, metadata: { name: {}, annotations: {} } };
const HEAD_NAMES = anyCase(HEAD);

function readHead(path: string, content: string): GoValue {
  let head: GoValue;
  try {
    head = asStruct(readYamlMembers(content, HEAD_NAMES), HEAD);
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new RenderError(`YAML parse error on ${path}: error converting YAML to JSON: ${error.message}`, {
      cause: error,
    });
  }
  const problem = headProblem(head);
  if (problem !== undefined) throw new RenderError(`YAML parse error on ${path}: ${problem}`);
  return head;
}

function member(value: GoValue, name: string): GoValue {
  return isMap(value) ? value.get(name) : undefined;
}

function textMember(value: GoValue, name: string): string {
  const found = member(value, name);
  return found === undefined || found === null ? '' : goText(found);
}
