/** TypeScript types for the values of a chart, out of its schema: for programs that make releases of it. */
import { isSchema, type JsonSchema, schemaTypes } from './json-schema.ts';

/** The text of a module that exports one interface. `name` is its name; see valuesTypeName. */
export function typescriptTypes(schema: JsonSchema, name: string): string {
  const title = schema.title === undefined ? '' : ` of the chart ${schema.title}`;
  const comment = `/** Values${title}. What is left out has the chart's default. */`;
  return `${comment}\nexport interface ${name} ${tableText(schema, '')}\n`;
}

/** `my-web` is described by `MyWebValues`. */
export function valuesTypeName(chartName: string): string {
  const words = chartName.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => `${word[0]?.toUpperCase() ?? ''}${word.slice(1)}`).join('');
  return `${/^\d/.test(name) ? 'Chart' : ''}${name}Values`;
}

const SCALARS = new Map([
  ['string', 'string'],
  ['number', 'number'],
  ['integer', 'number'],
  ['boolean', 'boolean'],
  ['null', 'null'],
]);

function typeText(schema: JsonSchema, indent: string): string {
  if (schema.enum !== undefined && schema.enum.length > 0)
    return unionText(schema.enum.map((each) => JSON.stringify(each)));
  const options = schema.anyOf ?? arrayOfSchemas(schema['oneOf']);
  if (options !== undefined) return unionText(options.map((each) => typeText(each, indent)));
  const types = schemaTypes(schema);
  if (types.length === 0) return schema.properties === undefined ? 'unknown' : tableText(schema, indent);
  return unionText(types.map((type) => oneTypeText(type, schema, indent)));
}

function oneTypeText(type: string, schema: JsonSchema, indent: string): string {
  const scalar = SCALARS.get(type);
  if (scalar !== undefined) return scalar;
  if (type === 'object') return tableText(schema, indent);
  if (type !== 'array') return 'unknown';
  const { items } = schema;
  const item = items === undefined || !isSchema(items) ? 'unknown' : typeText(items, indent);
  return /^[\w.]+$/.test(item) || item.startsWith('{') ? `readonly ${item}[]` : `readonly (${item})[]`;
}

function tableText(schema: JsonSchema, indent: string): string {
  const inner = `${indent}  `;
  const members = Object.entries(schema.properties ?? {}).map(([name, each]) => {
    return `${commentText(each, inner)}${inner}readonly ${keyText(name)}?: ${typeText(each, inner)};\n`;
  });
  const { additionalProperties } = schema;
  if (additionalProperties !== false) {
    // A schema for the others would have to fit the named members too.
    const others =
      isSchema(additionalProperties) && members.length === 0 ? typeText(additionalProperties, inner) : 'unknown';
    members.push(`${inner}readonly [key: string]: ${others};\n`);
  }
  return members.length === 0 ? 'Readonly<Record<string, never>>' : `{\n${members.join('')}${indent}}`;
}

function commentText({ description, default: value }: JsonSchema, indent: string): string {
  const shown = value === undefined || value === null || value === '' ? undefined : JSON.stringify(value);
  const lines = [
    ...(description === undefined ? [] : description.split('\n').map((line) => line.trimEnd())),
    ...(shown === undefined || shown.length > MAX_DEFAULT ? [] : [`@default ${shown}`]),
  ].map((line) => line.replaceAll('*/', '*\\/'));
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0] ?? ''} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}

const MAX_DEFAULT = 120;

function keyText(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function unionText(types: readonly string[]): string {
  const unique = [...new Set(types)];
  return unique.length === 0 ? 'unknown' : unique.join(' | ');
}

function arrayOfSchemas(value: unknown): readonly JsonSchema[] | undefined {
  return Array.isArray(value) ? value.filter(isSchema) : undefined;
}
