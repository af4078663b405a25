/**
 * Kinds of `defineKind` as the API server serves them: their schema, with the columns and fields that a resource says
 * differently.
 */
import { createHash } from 'node:crypto';
import type { KindDefinition } from '@kindred/apis';
import { customKind, type ServedKind } from '@kindred/apiserver';
import type { FieldError, KubeObject, Unstructured } from '@kindred/machinery';
import type { CustomKind } from '@kindred/schema';
import type { TableOptions } from './virtual-resource.ts';

/** What a resource says beyond its kind. */
export interface ServedKindOptions {
  /** Nothing of it is stored. */
  readonly virtual?: boolean;
  readonly table?: TableOptions<KubeObject> | undefined;
  readonly selectableFields?: Readonly<Record<string, (object: KubeObject) => string>> | undefined;
  validate?(object: KubeObject): readonly FieldError[];
  validateUpdate?(object: KubeObject, old: KubeObject): readonly FieldError[];
  /** Parts of the definition that take the place of the kind's own. */
  definition?(base: KindDefinition): Partial<KindDefinition>;
}

/** The kind with nothing of its own: the body of a subresource. */
export function bodyKind(kind: CustomKind<KubeObject, unknown>): ServedKind {
  return servedKind(kind, {});
}

export function servedKind(kind: CustomKind<KubeObject, unknown>, options: ServedKindOptions): ServedKind {
  const base = baseKind(kind);
  const definition = definitionOf(base.definition, options);
  return {
    ...base,
    virtual: options.virtual ?? false,
    definition,
    schemaRevision: revisionOf(base, definition),
    validateChange(object, old, warn) {
      const errors = base.validateChange?.(object, old, warn) ?? base.definition.validate(object);
      const own = options.validate?.(object) ?? [];
      return [...errors, ...own, ...(options.validateUpdate?.(object, old) ?? [])];
    },
  };
}

function baseKind(kind: CustomKind<KubeObject, unknown>): ServedKind {
  const crd = kind.crd();
  const [version] = crd.spec.versions;
  if (version === undefined) throw new TypeError(`The kind ${kind.kind} has no version`);
  return customKind(crd, version, { storageVersion: version.name, isTerminating: () => false });
}

function definitionOf(base: KindDefinition, options: ServedKindOptions): KindDefinition {
  const { table, selectableFields } = options;
  return {
    ...base,
    ...(table === undefined ? {} : tableParts(table)),
    ...(selectableFields === undefined ? {} : { selectableFields: fieldsReader(selectableFields) }),
    validate: (object) => [...base.validate(object), ...(options.validate?.(object) ?? [])],
    ...options.definition?.(base),
  };
}

/** Clients keep what they know of a kind for as long as this stays the same. */
function revisionOf({ schemaRevision = '' }: ServedKind, { verbs, subresources }: KindDefinition): string {
  return createHash('sha256')
    .update(JSON.stringify([schemaRevision, verbs, subresources]))
    .digest('base64url');
}

function tableParts({ columns, cells }: TableOptions<KubeObject>): Pick<KindDefinition, 'columns' | 'cells'> {
  return {
    columns: [
      { name: 'Name', type: 'string', format: 'name', description: 'Name of the object.', priority: 0 },
      ...columns.map(({ name, type = 'string', description = '', priority = 0 }) => ({
        name,
        type,
        format: '',
        description,
        priority,
      })),
    ],
    cells: (object, now) => [object.metadata.name ?? '', ...cells(object, now)],
  };
}

/** Asked without an object too, for the names of the fields. */
function fieldsReader(
  fields: NonNullable<ServedKindOptions['selectableFields']>,
): (object: Unstructured) => Record<string, string> {
  const names = Object.keys(fields);
  return (object) => Object.fromEntries(names.map((name) => [name, valueOf(fields[name], object)]));
}

function valueOf(read: ((object: KubeObject) => string) | undefined, object: Unstructured): string {
  return object.apiVersion === '' || read === undefined ? '' : read(object);
}
