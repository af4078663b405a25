/** The record of a release as JSON or YAML, as `-o json` and `-o yaml` of install, upgrade and status print it. */
import { encodeJsonText, type JsonObject } from '@kindred/machinery';
import { encodeGoJson } from '../../go/json.ts';
import { decodeGoJson } from '../../go/json-reader.ts';
import { writeYaml } from '../../yaml/write.ts';
import type { CommandContext } from '../command.ts';
import type { LiveObjects } from './live-objects.ts';

/** @param record the JSON of a release, whose bytes are kept @param live added as `info.resources` */
export function printRecord(
  { streams }: Pick<CommandContext, 'streams'>,
  format: 'json' | 'yaml',
  record: string,
  live?: LiveObjects,
): void {
  const text = live === undefined || live.size === 0 ? record : withResources(record, live);
  streams.output.write(format === 'json' ? `${text}\n` : writeYaml(decodeGoJson(text)));
}

/** `resources` is the last member of `info`. */
function withResources(record: string, live: LiveObjects): string {
  const start = record.indexOf('"info":{');
  const end = endOfObject(record, start + '"info":'.length);
  const members = [...live]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, objects]) => `${encodeGoJson(kind)}:${sortedJson(objects)}`);
  return `${record.slice(0, end)},"resources":{${members.join(',')}}${record.slice(end)}`;
}

/** With members sorted, as Go writes maps. */
function sortedJson(objects: readonly JsonObject[]): string {
  return encodeGoJson(decodeGoJson(encodeJsonText([...objects])));
}

/** The index of the brace that closes the object that begins at `start`. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < text.length; at++) {
    const each = text[at];
    if (each === '\\') at++;
    else if (each === '"') isInText = !isInText;
    else if (!isInText && each === '{') depth++;
    else if (!isInText && each === '}' && --depth === 0) return at;
  }
  return text.length;
}
