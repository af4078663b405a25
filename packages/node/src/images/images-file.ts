/** Images that extensions add: a JSON file with a list of Image objects, given to the agent by path. */
import { readFileSync } from 'node:fs';
import type { Image } from './image.ts';

/** @throws Error that names the file and the entry when something in it is not an image. */
export function readImagesFile(path: string): Image[] {
  const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Array.isArray(parsed)) throw new Error(`${path}: expected a JSON list of images`);
  return parsed.map((entry: unknown, index) => {
    if (isImage(entry)) return entry;
    throw new Error(`${path}: entry ${index} is not an image: it needs names and entrypoint, both lists of strings`);
  });
}

function isImage(value: unknown): value is Image {
  if (typeof value !== 'object' || value === null) return false;
  return 'names' in value && isStrings(value.names) && 'entrypoint' in value && isStrings(value.entrypoint);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
