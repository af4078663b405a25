/** Differences between the manifests of two revisions, or of a revision and what an upgrade would make of it. */
import type { JsonObject } from '@kindred/machinery';
import { manifestDocuments, readObjects } from '../resources/manifest-objects.ts';
import { type DiffOptions, diffObjects, type ReleaseDiff, type Version } from './object-diff.ts';

/**
 * Compares two manifest streams; an empty text is a release that isn't there.
 *
 * @throws ResourceError for a document that is no object
 * @example diffManifests(current.manifest, upgraded.manifest, { namespace: 'default' })
 */
export function diffManifests(before: string, after: string, options: DiffOptions = {}): ReleaseDiff {
  return diffObjects(versionsOf(before), versionsOf(after), options);
}

function versionsOf(manifest: string): Version[] {
  return manifestDocuments(manifest).flatMap(({ source, content }) =>
    // Read from JSON or YAML, so it is JSON.
    readObjects(content).map((object) => ({ object: object as JsonObject, source })),
  );
}
