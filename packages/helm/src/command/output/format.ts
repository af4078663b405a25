/** `-o table|json|yaml`: the flag, and the two formats that programs read. */
import { encodeGoJson } from '../../go/json.ts';
import { decodeGoJson } from '../../go/json-reader.ts';
import { writeYaml } from '../../yaml/write.ts';
import type { CommandContext } from '../command.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';

export type OutputFormat = 'table' | 'json' | 'yaml';

export const outputFlag: Flag = {
  kind: 'string',
  name: 'output',
  short: 'o',
  usage: 'format of the output: table, json, or yaml',
  typeName: 'format',
  default: 'table',
  choices: ['table', 'json', 'yaml'],
  check: (value) => (isFormat(value) ? undefined : 'invalid format type'),
};

export function outputFormat(flags: FlagValues): OutputFormat {
  const text = flags.text('output');
  return isFormat(text) ? text : 'table';
}

function isFormat(text: string): text is OutputFormat {
  return text === 'table' || text === 'json' || text === 'yaml';
}

/** Data of strings, numbers and the like; members of JSON keep their order, YAML sorts them. */
export function formatData(data: object, format: 'json' | 'yaml'): string {
  const json = JSON.stringify(data);
  if (format === 'yaml') return writeYaml(decodeGoJson(json));
  return `${json.replace(/[<>&\u2028\u2029]/g, (character) => encodeGoJson(character).slice(1, -1))}\n`;
}

export interface Printable {
  /** Lines, each with its line break. */
  readonly table: () => string;
  readonly data: () => object;
}

export function printFormat({ streams }: CommandContext, format: OutputFormat, { table, data }: Printable): void {
  streams.output.write(format === 'table' ? table() : formatData(data(), format));
}
