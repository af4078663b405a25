/** Base 64, base 32, JSON and YAML functions: sprig's, where helm doesn't replace them, and helm's. */
import { decodeBase64, encodeBase64 } from '../go/base64.ts';
import { fromBytes, toBytes } from '../go/bytes.ts';
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { encodeGoJson, type JsonStyle } from '../go/json.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import { ANY_SLICE, type GoFunction, GoMap, type GoValue, isMap, NilGoMap, nilSlice } from '../go/value.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { writePrettyYaml, writeYaml } from '../yaml/write.ts';

function decodeText(text: string): string {
  const decoded = decodeBase64(text);
  return typeof decoded === 'number' ? `illegal base64 data at input byte ${decoded}` : fromBytes(decoded);
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function encodeBase32(text: string): string {
  let bits = '';
  for (const byte of toBytes(text)) bits += byte.toString(2).padStart(8, '0');
  const digits = bits.match(/.{1,5}/g) ?? [];
  const out = digits.map((each) => BASE32[Number.parseInt(each.padEnd(5, '0'), 2)]).join('');
  return out.padEnd(Math.ceil(out.length / 8) * 8, '=');
}

function decodeBase32(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  const body = clean.replace(/=+$/, '');
  const wrong = Array.from(body).findIndex((each) => !BASE32.includes(each));
  if (wrong >= 0 || clean.length % 8 !== 0) {
    return `illegal base32 data at input byte ${wrong >= 0 ? wrong : clean.length - (clean.length % 8)}`;
  }
  const bits = Array.from(body)
    .map((each) => BASE32.indexOf(each).toString(2).padStart(5, '0'))
    .join('');
  const bytes = (bits.match(/.{8}/g) ?? []).map((each) => Number.parseInt(each, 2));
  return fromBytes(Uint8Array.from(bytes));
}

/** The functions that don't say `must` give an empty text where those fail. */
function orEmpty(encode: (value: GoValue) => string): GoFunction {
  return fn(['any'], (value) => {
    try {
      return encode(value);
    } catch (error) {
      if (error instanceof FunctionError) return '';
      throw error;
    }
  });
}

function json(style: JsonStyle): (value: GoValue) => string {
  return (value) => encodeGoJson(value, style);
}

const TYPE_NAMES: Readonly<Record<string, string>> = { string: 'string', number: 'number', boolean: 'bool' };

function wrongType(value: GoValue, wanted: string): string {
  const found = TYPE_NAMES[typeof value] ?? (Array.isArray(value) ? 'array' : 'object');
  return `json: cannot unmarshal ${found} into Go value of type ${wanted}`;
}

/** A map read from text; what goes wrong stands in its member `Error`. */
function readMap(read: () => GoValue, wrap: (problem: string) => string, nothing = GoMap): GoMap {
  const problem = attempt(read);
  if (typeof problem === 'string') return new GoMap([['Error', wrap(problem)]]);
  const { value } = problem;
  if (value === null || value === undefined) return new nothing();
  return isMap(value) ? value : new GoMap([['Error', wrap(wrongType(value, 'map[string]interface {}'))]]);
}

function readArray(read: () => GoValue, wrap: (problem: string) => string, nothing: GoValue = []): GoValue {
  const problem = attempt(read);
  if (typeof problem === 'string') return [wrap(problem)];
  const { value } = problem;
  if (value === null || value === undefined) return nothing;
  return Array.isArray(value) ? value : [wrap(wrongType(value, '[]interface {}'))];
}

function attempt(read: () => GoValue): { value: GoValue } | string {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof FunctionError || error instanceof YamlError) return error.message;
    throw error;
  }
}

const asIs = (problem: string): string => problem;

function yamlProblem(problem: string): string {
  return problem.startsWith('json: cannot')
    ? `error unmarshaling JSON: while decoding JSON: ${problem}`
    : `error converting YAML to JSON: ${problem}`;
}

const withoutLastNewline = (text: string): string => text.replace(/\n$/, '');
const toYaml = (value: GoValue): string => withoutLastNewline(writeYaml(value));

export const encodingFunctions: Readonly<Record<string, GoFunction>> = {
  b64enc: fn(['string'], encodeBase64),
  b64dec: fn(['string'], decodeText),
  b32enc: fn(['string'], encodeBase32),
  b32dec: fn(['string'], decodeBase32),
  toJson: orEmpty(json({})),
  mustToJson: fn(['any'], json({})),
  toPrettyJson: orEmpty(json({ pretty: true })),
  mustToPrettyJson: fn(['any'], json({ pretty: true })),
  // Not empty when it fails, unlike the others.
  toRawJson: fn(['any'], json({ escapeHtml: false })),
  mustToRawJson: fn(['any'], json({ escapeHtml: false })),
  fromJson: fn(['string'], (text) => readMap(() => decodeGoJson(text), asIs, NilGoMap)),
  mustFromJson: fn(['string'], decodeGoJson),
  fromJsonArray: fn(['string'], (text) => readArray(() => decodeGoJson(text), asIs, nilSlice(ANY_SLICE))),
  toYaml: orEmpty(toYaml),
  mustToYaml: fn(['any'], (value) => {
    try {
      return toYaml(value);
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      throw new FunctionError(`error marshaling into JSON: ${error.message}`, { cause: error });
    }
  }),
  toYamlPretty: orEmpty((value) => withoutLastNewline(writePrettyYaml(value))),
  fromYaml: fn(['string'], (text) => readMap(() => readYaml(text), yamlProblem)),
  fromYamlArray: fn(['string'], (text) => readArray(() => readYaml(text), yamlProblem)),
};
