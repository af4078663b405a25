/**
 * What a provenance file signs: the metadata of a chart, and the digest of its archive (Helm documentation, "Helm
 * Provenance and Integrity").
 */
import { createHash } from 'node:crypto';
import { ChartError } from '../chart/chart.ts';
import { GoMap, isMap } from '../go/value.ts';
import { readYaml, YamlError } from '../yaml/read.ts';
import { writeYaml } from '../yaml/write.ts';

/** Ends a YAML document; what begins one can't stand in signed text. */
const SEPARATOR = '\n...\n';

function archiveDigest(archive: Uint8Array): string {
  return `sha256:${createHash('sha256').update(archive).digest('hex')}`;
}

/** @param metadata as YAML */
export function provenanceMessage(metadata: string, fileName: string, archive: Uint8Array): string {
  const files = new GoMap([[fileName, archiveDigest(archive)]]);
  return `${metadata}${SEPARATOR}${writeYaml(new GoMap([['files', files]]))}`;
}

/** The digest when the message vouches for the archive. Throws ChartError when it doesn't. */
export function checkMessage(message: string, fileName: string, archive: Uint8Array): string {
  const [, sums] = message.split(SEPARATOR);
  if (sums === undefined) throw new ChartError('message block must have at least two parts');
  const expected = readSums(sums).get(fileName);
  if (typeof expected !== 'string') {
    throw new ChartError(`provenance does not contain a SHA for a file named "${fileName}"`);
  }
  const digest = archiveDigest(archive);
  if (expected === digest) return digest;
  throw new ChartError(`sha256 sum does not match for ${fileName}: "${expected}" != "${digest}"`);
}

function readSums(text: string): GoMap {
  try {
    const root = readYaml(text);
    const files = isMap(root) ? root.get('files') : undefined;
    return isMap(files) ? files : new GoMap();
  } catch (error) {
    if (!(error instanceof YamlError)) throw error;
    throw new ChartError(`error converting YAML to JSON: ${error.message}`, { cause: error });
  }
}
