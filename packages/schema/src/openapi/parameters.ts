/**
 * Parameters of API operations. kubectl looks for `fieldValidation` and `dryRun` on PATCH to learn what a server can do.
 */
import type { OpenApiObject } from './served-kind.ts';

function query(name: string, type: string, description: string): OpenApiObject {
  return { name, in: 'query', description, schema: { type, uniqueItems: true } };
}

function path(name: string, description: string): OpenApiObject {
  return { name, in: 'path', required: true, description, schema: { type: 'string', uniqueItems: true } };
}

export const pretty: OpenApiObject = query('pretty', 'string', "'true' indents the output.");

const dryRun = query('dryRun', 'string', "'All' runs every stage of the request and stores nothing.");

const fieldManager = query('fieldManager', 'string', 'Who changes the fields: at most 128 printable characters.');

const fieldValidation = query(
  'fieldValidation',
  'string',
  'What happens to unknown and duplicate fields: Ignore, Warn (default) or Strict.',
);

const force = query('force', 'boolean', 'Apply only: take fields over that others manage.');

export const nameParameter: OpenApiObject = path('name', 'Name of the object.');

export const namespaceParameter: OpenApiObject = path('namespace', 'Namespace of the object.');

export const writeParameters: readonly OpenApiObject[] = [dryRun, fieldManager, fieldValidation];

export const patchParameters: readonly OpenApiObject[] = [...writeParameters, force];

export const deleteParameters: readonly OpenApiObject[] = [
  dryRun,
  query('gracePeriodSeconds', 'integer', 'Seconds before the object is removed; 0 removes it at once.'),
  query('orphanDependents', 'boolean', 'Deprecated: use propagationPolicy.'),
  query('propagationPolicy', 'string', 'What happens to dependents: Orphan, Background or Foreground.'),
];

export const listParameters: readonly OpenApiObject[] = [
  query('allowWatchBookmarks', 'boolean', 'Watch only: send bookmarks now and then.'),
  query('continue', 'string', 'Where to go on, from the page before.'),
  query('fieldSelector', 'string', 'Only objects with these field values.'),
  query('labelSelector', 'string', 'Only objects with these labels.'),
  query('limit', 'integer', 'At most so many objects in the answer.'),
  query('resourceVersion', 'string', 'How fresh the answer must be.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'Watch only: begin with the objects that exist.'),
  query('timeoutSeconds', 'integer', 'How long the call may take.'),
  query('watch', 'boolean', 'Stream changes instead of listing.'),
];
