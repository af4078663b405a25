/** The head of a manifest, which helm reads before anything else: what must be a text or a map there, in Go's words. */
import { jsonKind } from '../chart/metadata-types.ts';
import { compareText } from '../go/compare-text.ts';
import { type GoValue, isMap, sliceItems } from '../go/value.ts';

/** Go's name for the type of `metadata`, which has no other. */
const METADATA = 'struct { Name string "json:\\"name\\""; Annotations map[string]string "json:\\"annotations\\"" }';

/** What is wrong with the types of a head; undefined when nothing is. */
export function headProblem(head: GoValue): string | undefined {
  const problem = mismatch(head);
  return problem === undefined
    ? undefined
    : `error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${problem}`;
}

function mismatch(head: GoValue): string | undefined {
  if (isNothing(head)) return undefined;
  if (!isMap(head)) return `${jsonKind(head)} into Go value of type util.SimpleHead`;
  const metadata = head.get('metadata');
  return (
    notText(head.get('apiVersion'), 'SimpleHead.apiVersion') ??
    notText(head.get('kind'), 'SimpleHead.kind') ??
    notMap(metadata, `SimpleHead.metadata of type ${METADATA}`) ??
    metadataMismatch(metadata)
  );
}

/** Members in the order of their names, as JSON has them. */
function metadataMismatch(metadata: GoValue): string | undefined {
  if (!isMap(metadata)) return undefined;
  const annotations = metadata.get('annotations');
  const wrong = notMap(annotations, '.metadata.annotations of type map[string]string');
  if (wrong !== undefined) return wrong;
  if (isMap(annotations)) {
    const name = [...annotations.keys()].sort(compareText).find((each) => isContainer(annotations.get(each)));
    if (name !== undefined) return notText(annotations.get(name), '.metadata.annotations');
  }
  return notText(metadata.get('name'), '.metadata.name');
}

/** Numbers and booleans become texts. */
function notText(value: GoValue, field: string): string | undefined {
  return isContainer(value) ? `${jsonKind(value)} into Go struct field ${field} of type string` : undefined;
}

function notMap(value: GoValue, field: string): string | undefined {
  return isNothing(value) || isMap(value) ? undefined : `${jsonKind(value)} into Go struct field ${field}`;
}

function isNothing(value: GoValue): boolean {
  return value === null || value === undefined;
}

function isContainer(value: GoValue): boolean {
  return isMap(value) || sliceItems(value) !== undefined;
}
