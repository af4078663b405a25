/** Which objects a target names: kustomize's selectors, where all but labels are regular expressions for the whole. */
import { isStatusError, parseGroupVersion, parseLabelSelector, type Unstructured } from '@kindred/machinery';
import { RE2JS, RE2JSException } from 're2js';
import type { ObjectTarget } from '../intent/release-intent.ts';

/** Compiled once for many objects. @throws Error for a selector or an expression that is malformed */
export function selectorOf(target: ObjectTarget): (object: Unstructured) => boolean {
  const group = wholeMatch(target.group);
  const version = wholeMatch(target.version);
  const kind = wholeMatch(target.kind);
  const name = wholeMatch(target.name);
  const namespace = wholeMatch(target.namespace);
  const labels = target.labelSelector === undefined ? undefined : parseLabelSelector(target.labelSelector);
  const annotations =
    target.annotationSelector === undefined ? undefined : parseLabelSelector(target.annotationSelector);
  return (object) => {
    const parsed = parseGroupVersion(object.apiVersion);
    const { metadata } = object;
    return (
      group(parsed.group) &&
      version(parsed.version) &&
      kind(object.kind) &&
      name(metadata.name ?? '') &&
      namespace(metadata.namespace ?? '') &&
      (labels === undefined || labels.matches(metadata.labels ?? {})) &&
      (annotations === undefined || annotations.matches(metadata.annotations ?? {}))
    );
  };
}

/** What is wrong with a target; undefined when it can be used. */
export function targetProblem(target: ObjectTarget): string | undefined {
  try {
    selectorOf(target);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException || isStatusError(error)) return error.message;
    throw error;
  }
}

function wholeMatch(expression: string | undefined): (text: string) => boolean {
  if (expression === undefined || expression === '') return () => true;
  const pattern = RE2JS.compile(`^(?:${expression})$`);
  return (text) => pattern.matches(text);
}
