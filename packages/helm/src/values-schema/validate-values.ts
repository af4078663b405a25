/**
 * Holds the values of a chart and of its dependencies against their values.schema.json, after coalescing and before
 * anything is rendered (Helm documentation, "Schema Files").
 */
import { type Chart, ChartError } from '../chart/chart.ts';
import { fromBytes, toBytes } from '../go/bytes.ts';
import { FunctionError } from '../go/function-error.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import { type GoMap, type GoValue, isMap, typeName } from '../go/value.ts';
import { SchemaCompiler } from './compile.ts';
import { type Failure, failureText, problemsOf } from './failure.ts';
import { jsonNumber } from './json-value.ts';
import { MissingSchemaError, SchemaError } from './schema-error.ts';
import { validate } from './validate.ts';

/** The name of every chart's own schema, which references in it are relative to. */
const OWN_URL = 'file:///values.schema.json';

/** Texts of schemas by URL, or why they can't be had: what `values.schema.json` refers to elsewhere. */
export type RemoteSchemas = ReadonlyMap<string, { readonly text: string } | { readonly problem: string }>;

export interface ValidateValuesOptions {
  readonly remote?: RemoteSchemas;
  /** Takes what helm would log. */
  readonly warn?: (message: string) => void;
}

/**
 * Throws ChartError with everything that is wrong, a section for each chart. `values` are coalesced, and the chart has
 * only the dependencies that are enabled.
 */
export function validateValues(chart: Chart, values: GoMap, options: ValidateValuesOptions = {}): void {
  if (!hasSchema(chart)) return;
  const problems = collect(chart, values, new SchemaCompiler((url) => readRemote(url, options)));
  if (problems === '') return;
  throw new ChartError(`values don't meet the specifications of the schema(s) in the following chart(s):\n${problems}`);
}

function hasSchema(chart: Chart): boolean {
  return chart.schema !== undefined || chart.dependencies.some(hasSchema);
}

function collect(chart: Chart, values: GoMap, compiler: SchemaCompiler): string {
  let text = '';
  if (chart.schema !== undefined) {
    const problem = schemaProblem(chart.schema, values, compiler);
    if (problem !== undefined) text += `${chart.metadata.name}:\n${problem}`;
  }
  for (const dependency of chart.dependencies) {
    const { name } = dependency.metadata;
    const own = values.get(name);
    if (own === undefined || own === null) continue;
    if (isMap(own)) text += collect(dependency, own, compiler);
    else text += `${name}:\ninvalid type for values: expected object (map), got ${typeName(own)}\n`;
  }
  return text;
}

/** Most schemas refer to nothing elsewhere, and needn't be compiled to know it. */
const REMOTE = /"\$(?:ref|dynamicRef|recursiveRef)"\s*:\s*"(?!#)|"\$schema"\s*:\s*"(?!https?:\/\/json-schema\.org\/)/;

/** URLs that the schemas of a chart and its dependencies refer to, beyond those that are there already. */
export function missingSchemas(chart: Chart, remote: RemoteSchemas): string[] {
  const missing = new Set<string>();
  const compiler = new SchemaCompiler((url) => readRemote(url, { remote }));
  const visit = ({ schema, dependencies }: Chart): void => {
    const text = schema === undefined ? '' : fromBytes(schema);
    if (REMOTE.test(text)) {
      try {
        compiler.compile(OWN_URL, readSchema(text));
      } catch (error) {
        // What is wrong otherwise shows when values are validated.
        if (!(error instanceof SchemaError)) throw error;
        if (error instanceof MissingSchemaError) missing.add(error.url);
      }
    }
    dependencies.forEach(visit);
  };
  visit(chart);
  return [...missing];
}

/** What the schema of one chart says of its values, without its dependencies; undefined when they are right. */
export function validateOwnValues(
  schema: string,
  values: GoMap,
  options: ValidateValuesOptions = {},
): string | undefined {
  return schemaProblem(toBytes(schema), values, new SchemaCompiler((url) => readRemote(url, options)));
}

/** One thing that is wrong with a value, for those who want its place rather than a text. */
export interface ValueProblem {
  /** Name of the chart whose schema says so. */
  readonly chart: string;
  /** Keys and indices, from the values of the topmost chart on. */
  readonly path: readonly string[];
  readonly message: string;
}

/**
 * The same as `validateValues`, place by place.
 *
 * @throws SchemaError for a schema that can't be used; MissingSchemaError when it refers to one that isn't here
 */
export function valueProblems(chart: Chart, values: GoMap): ValueProblem[] {
  const compiler = new SchemaCompiler((url) => readRemote(url, {}));
  const visit = ({ schema, metadata, dependencies }: Chart, own: GoMap, at: readonly string[]): ValueProblem[] => {
    const failure = schema === undefined ? undefined : schemaFailure(schema, own, compiler);
    const found = failure === undefined ? [] : problemsOf(failure);
    return [
      ...found.map(({ path, message }) => ({ chart: metadata.name, path: [...at, ...path], message })),
      ...dependencies.flatMap((dependency) => {
        const { name } = dependency.metadata;
        const below = own.get(name);
        return isMap(below) ? visit(dependency, below, [...at, name]) : [];
      }),
    ];
  };
  return visit(chart, values, []);
}

function schemaFailure(schema: Uint8Array, values: GoValue, compiler: SchemaCompiler): Failure | undefined {
  return validate(compiler.compile(OWN_URL, readSchema(fromBytes(schema))), values);
}

/** What one schema says of one chart's values. */
function schemaProblem(schema: Uint8Array, values: GoValue, compiler: SchemaCompiler): string | undefined {
  try {
    const failure = schemaFailure(schema, values, compiler);
    if (failure === undefined) return undefined;
    const heading = `jsonschema validation failed with '${OWN_URL}#'\n`;
    const text = failureText(failure);
    return `${text.startsWith(heading) ? text.slice(heading.length) : text}\n`;
  } catch (error) {
    if (error instanceof SchemaError) return error.message;
    throw error;
  }
}

/** Throws SchemaError with the words of Go's decoder of streams. */
function readSchema(text: string, prefix = ''): GoValue {
  if (text.trim() === '') throw new SchemaError(`${prefix}EOF`);
  try {
    return decodeGoJson(text, jsonNumber);
  } catch (error) {
    if (!(error instanceof FunctionError)) throw error;
    const isTrailing = error.message.endsWith('after top-level value');
    const message = isTrailing ? 'invalid character after top-level value' : error.message;
    const shown = message === 'unexpected end of JSON input' ? 'unexpected EOF' : message;
    throw new SchemaError(prefix + shown, { cause: error });
  }
}

function readRemote(url: string, { remote, warn }: ValidateValuesOptions): GoValue {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? '';
  if (scheme === 'urn') {
    warn?.(`unresolved URN reference ignored; using permissive schema: ${url}`);
    return true;
  }
  if (!['file', 'http', 'https'].includes(scheme)) {
    throw new SchemaError(`failing loading "${url}": no URLLoader registered for "${url}"`);
  }
  const found = remote?.get(url);
  if (found === undefined) throw new MissingSchemaError(url);
  if ('problem' in found) throw new SchemaError(`failing loading "${url}": ${found.problem}`);
  return readSchema(found.text, `failing loading "${url}": `);
}
