/**
 * Post-renderers: all manifests of a chart, hooks included, go through a function as one stream. Each document carries an
 * annotation with its file, by which the result is taken apart again.
 */
import { GoMap, type GoValue, isMap } from '../go/value.ts';
import { ReleaseError } from '../release/release-error.ts';
import { type SortedManifests, sortManifests } from '../render/manifests.ts';
import { splitDocuments } from '../render/split-documents.ts';
import { readYaml } from '../yaml/read.ts';
import { writeYaml } from '../yaml/write.ts';

const FILENAME = 'postrenderer.helm.sh/postrender-filename';

export async function postRenderManifests(
  rendered: SortedManifests,
  run: (manifests: string) => Promise<string>,
): Promise<SortedManifests> {
  const documents = [...rendered.manifests, ...rendered.hooks].map(({ path, content }) => annotate(path, content));
  let output: string;
  try {
    output = await run(documents.join('---\n'));
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new ReleaseError('Failed', `error while running post render on files: ${text}`, { cause: error });
  }
  const files = new Map<string, string>();
  for (const [index, document] of splitDocuments(output).entries()) {
    const { path, content } = withoutAnnotation(document, `generated-by-postrender-${index}.yaml`);
    if (content === '') continue;
    const before = files.get(path);
    files.set(path, before === undefined ? content : `${before}---\n${content}`);
  }
  return sortManifests(files);
}

function annotate(path: string, content: string): string {
  const document = readYaml(content);
  if (!isMap(document)) return `${content}\n`;
  const metadata = mapMember(document, 'metadata');
  mapMember(metadata, 'annotations').set(FILENAME, path);
  return writeYaml(document);
}

/** The member as a map, which is made when there is none. */
function mapMember(map: GoMap, name: string): GoMap {
  const member: GoValue = map.get(name);
  if (isMap(member)) return member;
  const made = new GoMap();
  map.set(name, made);
  return made;
}

function withoutAnnotation(text: string, fallback: string): { path: string; content: string } {
  const document = readYaml(text);
  if (!isMap(document)) return { path: fallback, content: document === null || document === undefined ? '' : text };
  const metadata = document.get('metadata');
  const annotations = isMap(metadata) ? metadata.get('annotations') : undefined;
  const path = isMap(annotations) ? annotations.get(FILENAME) : undefined;
  if (!isMap(metadata) || !isMap(annotations) || typeof path !== 'string') return { path: fallback, content: text };
  annotations.delete(FILENAME);
  if (annotations.size === 0) metadata.delete('annotations');
  return { path, content: writeYaml(document) };
}
