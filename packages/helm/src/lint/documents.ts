/** The documents of a manifest as lint reads them: API version, kind and name of each object. */
import { jsonKind } from '../chart/metadata-types.ts';
import { goText } from '../go/format.ts';
import { type GoValue, isMap, sliceItems } from '../go/value.ts';
import { readYaml, YamlError } from '../yaml/read.ts';

export interface LintObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
}

/** One after the other; ends with the first that can't be read, whose problem it gives. Empty documents are left out. */
export function* readObjects(text: string): Generator<{ readonly object: LintObject } | { readonly problem: string }> {
  for (const document of splitDocuments(text)) {
    let value: GoValue;
    try {
      value = readYaml(document);
    } catch (error) {
      if (!(error instanceof YamlError)) throw error;
      yield { problem: `unable to parse YAML: error converting YAML to JSON: ${error.message}` };
      return;
    }
    if (value === null || value === undefined) continue;
    const problem = typeProblem(value);
    if (problem !== undefined) {
      yield { problem: `unable to parse YAML: error unmarshaling JSON: while decoding JSON: json: ${problem}` };
      return;
    }
    yield { object: readObject(value) };
  }
}

/** At lines that begin with `---`, as Kubernetes' reader of streams. */
function splitDocuments(text: string): string[] {
  const documents: string[] = [''];
  for (const line of text.split(/(?<=\n)/)) {
    if (line.startsWith('---')) documents.push('');
    else documents[documents.length - 1] += line;
  }
  return documents;
}

function typeProblem(value: GoValue): string | undefined {
  if (!isMap(value)) return `cannot unmarshal ${jsonKind(value)} into Go value of type rules.k8sYamlStruct`;
  for (const [key, name] of [
    ['apiVersion', 'apiVersion'],
    ['kind', 'Kind'],
  ] as const) {
    const member = value.get(key);
    if (isMap(member) || sliceItems(member) !== undefined) {
      return `cannot unmarshal ${jsonKind(member)} into Go struct field k8sYamlStruct.${name} of type string`;
    }
  }
  const metadata = value.get('metadata');
  if (metadata === undefined || metadata === null || isMap(metadata)) return undefined;
  return `cannot unmarshal ${jsonKind(metadata)} into Go struct field k8sYamlStruct.Metadata of type rules.k8sYamlMetadata`;
}

function readObject(value: GoValue): LintObject {
  const text = (from: GoValue, name: string): string => {
    const member = isMap(from) ? from.get(name) : undefined;
    return member === undefined || member === null || isMap(member) ? '' : goText(member);
  };
  const metadata = isMap(value) ? value.get('metadata') : undefined;
  return { apiVersion: text(value, 'apiVersion'), kind: text(value, 'kind'), name: text(metadata, 'name') };
}
