/**
 * `defineKind`: a custom resource defined once, as a value: its names, its schema with the types inferred from it, its
 * columns and subresources. The value is a KindRef, so that clients take it, and makes its CustomResourceDefinition.
 */
import {
  formatFieldError,
  formatGroupVersion,
  type KindRef,
  type KubeObject,
  type ObjectMeta,
  type Observed,
} from '@kindred/machinery';
import type {
  AdditionalPrinterColumn,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../crd/custom-resource-definition.ts';
import { setCustomResourceDefinitionDefaults } from '../crd/defaults.ts';
import { validateCustomResourceDefinition } from '../crd/validate-crd.ts';
import { itemsSchemaOf, type JSONSchemaProps } from '../structural/json-schema-props.ts';
import type { Field, InputField, ObservedField } from './field.ts';
import type { ColumnPath, PathsTo } from './paths.ts';

/** A printer column; its type is taken from the schema unless given. */
export interface KindColumn<Path extends string> {
  readonly name: string;
  readonly path: Path;
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format?: string;
  readonly description?: string;
  /** Above 0: only with `-o wide`. */
  readonly priority?: number;
}

/** What every kind says of itself. */
export interface KindNames {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** Default Namespaced. */
  readonly scope?: 'Namespaced' | 'Cluster';
  readonly description?: string;
  /** Of the definition: groups that end in `k8s.io` need `api-approved.kubernetes.io`. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface KindOptions<Spec extends Field, Status extends Field> extends KindNames {
  readonly spec: Spec;
  /** Makes the status subresource. Every field of it may be missing until the controller reports it. */
  readonly status?: Status;
  readonly columns?: readonly KindColumn<ColumnPath<ObservedField<Spec>, StatusOf<Status>>>[];
  /** Makes the scale subresource: where the wanted and the actual number of replicas are, and the label selector. */
  readonly scale?: {
    readonly replicas: PathsTo<number, ObservedField<Spec>, '.spec'>;
    readonly status: PathsTo<number, StatusOf<Status>, '.status'>;
    readonly selector?: PathsTo<string, StatusOf<Status>, '.status'>;
  };
}

type StatusOf<Status extends Field> = NonNullable<ObservedField<Status>>;

/** An object of the kind, after defaulting. */
export interface CustomObject<Spec, Status> extends KubeObject {
  spec: Spec;
  status?: Partial<Status>;
}

/** The same in a manifest: apiVersion and kind are known, fields with defaults may be missing. */
export interface CustomObjectInput<Spec, Status> {
  apiVersion?: string;
  kind?: string;
  metadata: ObjectMeta;
  spec: Spec;
  status?: Partial<Status>;
}

/** What `defineKind` makes: `T` is the object after defaulting, `I` what a manifest may say. */
export interface CustomKind<T extends KubeObject, I> extends KindRef<T> {
  readonly listKind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** `group/version`. */
  readonly apiVersion: string;
  /** The schema of whole objects. */
  readonly schema: JSONSchemaProps;
  /** Never set: only there for type inference. */
  readonly inputType?: I;
  /** The CustomResourceDefinition, `apiextensions.k8s.io/v1`; a new object on each call. */
  crd(): CustomResourceDefinition;
}

/** What a manifest of this kind may say. */
export type Input<K extends { readonly inputType?: unknown }> = NonNullable<K['inputType']>;

/** What the server answers: defaults filled in, identity and version there. */
export type ObservedOf<K extends { readonly objectType?: KubeObject }> = Observed<NonNullable<K['objectType']>>;

/** A kind that its own definition contradicts: the API server would refuse it. */
export class KindDefinitionError extends Error {
  override readonly name = 'KindDefinitionError';
}

/**
 * Defines a kind. Throws a KindDefinitionError that lists all that is wrong with it.
 *
 * @example
 * const Website = defineKind({
 *   group: 'extensions.example.com', version: 'v1', kind: 'Website', plural: 'websites',
 *   spec: s.object({ gitRepo: s.string(), replicas: s.integer().default(1) }),
 *   status: s.object({ conditions: s.conditions('Ready') }),
 *   columns: [{ name: 'Repo', path: '.spec.gitRepo' }],
 * });
 * type Site = ObservedOf<typeof Website>; // spec.replicas: number
 */
export function defineKind<Spec extends Field, Status extends Field = Field<never>>(
  options: KindOptions<Spec, Status>,
): CustomKind<
  CustomObject<ObservedField<Spec>, StatusOf<Status>>,
  CustomObjectInput<InputField<Spec>, StatusOf<Status>>
> {
  return kindOf(options, objectSchema(options));
}

/** What a definition says, beside the schema of its objects. */
export interface PlainOptions extends KindNames {
  readonly status?: Field;
  readonly columns?: readonly KindColumn<string>[];
  readonly scale?: { readonly replicas: string; readonly status: string; readonly selector?: string };
}

/** The kind of objects with this schema. @throws KindDefinitionError */
export function kindOf<T extends KubeObject, I>(options: PlainOptions, schema: JSONSchemaProps): CustomKind<T, I> {
  const crd = () => createCrd(options, schema);
  refuseInvalid(crd());
  return {
    group: options.group,
    version: options.version,
    apiVersion: formatGroupVersion(options),
    kind: options.kind,
    listKind: `${options.kind}List`,
    plural: options.plural,
    singular: options.singular ?? options.kind.toLowerCase(),
    shortNames: options.shortNames ?? [],
    categories: options.categories ?? [],
    scope: options.scope ?? 'Namespaced',
    schema,
    crd,
  };
}

function objectSchema({ description, spec, status }: PlainOptions & { readonly spec: Field }): JSONSchemaProps {
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    ...(spec.presence === 'required' ? { required: ['spec'] } : {}),
    properties: { spec: spec.props, ...(status === undefined ? {} : { status: statusProps(status.props) }) },
  };
}

/** A status grows as the controller reports: nothing in it is required from the start. */
function statusProps(props: JSONSchemaProps): JSONSchemaProps {
  const rest = { ...props };
  Reflect.deleteProperty(rest, 'required');
  return rest;
}

function createCrd(options: PlainOptions, schema: JSONSchemaProps): CustomResourceDefinition {
  const { group, kind, plural, singular, shortNames, categories, scope, annotations } = options;
  const crd: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, ...(annotations === undefined ? {} : { annotations: { ...annotations } }) },
    spec: {
      group,
      names: {
        plural,
        kind,
        ...(singular === undefined ? {} : { singular }),
        ...(shortNames === undefined ? {} : { shortNames: [...shortNames] }),
        ...(categories === undefined ? {} : { categories: [...categories] }),
      },
      scope: scope ?? 'Namespaced',
      versions: [createVersion(options, schema)],
    },
  };
  setCustomResourceDefinitionDefaults(crd);
  return crd;
}

function createVersion(options: PlainOptions, schema: JSONSchemaProps): CustomResourceDefinitionVersion {
  const { version: name, status, scale, columns } = options;
  const version: CustomResourceDefinitionVersion = {
    name,
    served: true,
    storage: true,
    schema: { openAPIV3Schema: structuredClone(schema) },
  };
  if (status !== undefined || scale !== undefined) version.subresources = {};
  if (status !== undefined) Object.assign(version.subresources ?? {}, { status: {} });
  if (scale !== undefined) {
    const { replicas, status: statusReplicas, selector } = scale;
    const paths = { specReplicasPath: replicas, statusReplicasPath: statusReplicas };
    const whole = selector === undefined ? paths : { ...paths, labelSelectorPath: selector };
    Object.assign(version.subresources ?? {}, { scale: whole });
  }
  if (columns !== undefined) version.additionalPrinterColumns = columns.map((column) => toColumn(column, schema));
  return version;
}

function toColumn(column: KindColumn<string>, schema: JSONSchemaProps): AdditionalPrinterColumn {
  const { path, type, ...rest } = column;
  return { ...rest, type: type ?? columnTypeAt(schema, path), jsonPath: path };
}

function columnTypeAt(schema: JSONSchemaProps, path: string): string {
  if (/^\.metadata\.(creation|deletion)Timestamp$/.test(path)) return 'date';
  if (path === '.metadata.generation') return 'integer';
  const found = schemaAt(schema, path);
  if (found?.format === 'date-time' || found?.format === 'date') return 'date';
  const type = found?.type ?? 'string';
  return ['integer', 'number', 'boolean'].includes(type) ? type : 'string';
}

/** Follows names and brackets through a schema; brackets stand for list elements. */
function schemaAt(schema: JSONSchemaProps, path: string): JSONSchemaProps | undefined {
  const steps = path.match(/\.[^.[]+|\[(?:[^\]"]|"[^"]*")*\]/g) ?? [];
  let current: JSONSchemaProps | undefined = schema;
  for (const step of steps) {
    if (current === undefined) return undefined;
    current = step.startsWith('[') ? itemsSchemaOf(current) : memberSchema(current, step.slice(1));
  }
  return current;
}

function memberSchema(schema: JSONSchemaProps, name: string): JSONSchemaProps | undefined {
  const properties = schema.properties ?? {};
  if (Object.hasOwn(properties, name)) return properties[name];
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

function refuseInvalid(crd: CustomResourceDefinition): void {
  const errors = validateCustomResourceDefinition(crd);
  if (errors.length === 0) return;
  const list = errors.map((error) => `  - ${formatFieldError(error)}`).join('\n');
  throw new KindDefinitionError(`Kind ${crd.spec.names.kind} (${crd.metadata.name}) is not valid:\n${list}`);
}
