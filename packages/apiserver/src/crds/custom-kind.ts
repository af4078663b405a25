/**
 * One served version of a CustomResourceDefinition as a kind: names, pruning, defaults, validation, columns, all from the
 * definition. Schemas are compiled when an object first needs them.
 */
import { createHash } from 'node:crypto';
import type { KindDefinition, SubresourceDefinition, Verb } from '@kindred/apis';
import {
  encodeJson,
  type FieldError,
  type FieldErrorType,
  formatGroupVersion,
  internalError,
  invalidValue,
  type JsonObject,
  type MergeSchema,
  type Unstructured,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@kindred/machinery';
import {
  applyDefaults,
  type CustomResourceDefinition,
  type CustomResourceDefinitionVersion,
  compileStructuralSchema,
  createColumnPrinter,
  createSelectableFieldsReader,
  hasValidationRules,
  isInOrder,
  mergeSchemaOfStructural,
  preservesUnknownFields,
  prune,
  type RuleValidator,
  readScale,
  ruleValidator,
  type StructuralSchema,
  validateValue,
  validateValueUpdate,
} from '@kindred/schema';
import type { ServedKind } from '../resources/served-kind.ts';
import { fitMetadata } from './custom-metadata.ts';

const allVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const terminatingVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];
const partVerbs: readonly Verb[] = ['get', 'patch', 'update'];

export interface CustomKindContext {
  /** Name of the version that is stored. */
  readonly storageVersion: string;
  /** True from the moment when the definition's deletion begins. */
  isTerminating(): boolean;
}

/** The kind that `version` of the definition serves. */
export function customKind(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  { storageVersion, isTerminating }: CustomKindContext,
): ServedKind {
  const definition = customDefinition(crd, version, { storageVersion, isTerminating });
  const schema = lazySchema(version);
  const rules = lazyRules(version, schema);
  const keepUnknown = preservesUnknownFields(crd);
  const source = version.schema?.openAPIV3Schema;
  return {
    definition,
    custom: true,
    schemaRevision: schemaRevisionOf(crd),
    openApi: {
      ...(source === undefined || keepUnknown ? {} : { schema: source }),
      ...(version.selectableFields === undefined ? {} : { selectableFields: version.selectableFields }),
    },
    fitFields(object) {
      const { errors, unknownFields } = fitMetadata(object);
      const inOrder = isInOrder(schema(), jsonOf(object));
      if (keepUnknown || inOrder) return { errors, unknownFields, inOrder };
      return { errors, unknownFields: [...unknownFields, ...prune(schema(), jsonOf(object))] };
    },
    // Under the first schema, everything in the store has been pruned and defaulted by it.
    ...((crd.metadata.generation ?? 1) === 1 && definition.conversion === undefined
      ? {}
      : {
          refresh: (object: Unstructured) =>
            refresh(schema(), object, { keepUnknown, apiVersion: formatGroupVersion(definition) }),
        }),
    refuseCreate: () =>
      isTerminating() ? 'create not allowed while custom resource definition is terminating' : undefined,
    validateNew: (object, { inOrder }) =>
      validateNew(object, { namespaced: definition.namespaced, schema, rules, inOrder }),
    validateChange(object, old, warn) {
      const errors = [
        ...validateObjectMeta(object.metadata, { namespaced: definition.namespaced }),
        ...validateObjectMetaUpdate(object.metadata, old.metadata),
        ...(isInOrder(schema(), jsonOf(object)) ? [] : validateValueUpdate(schema(), object, old, '')),
      ];
      const validator = rules();
      if (validator === undefined) return errors;
      return withRules(errors, () => {
        const findings = validator.validateUpdate(object, old);
        for (const text of findings.warnings) warn(text);
        return findings.errors;
      });
    },
  };
}

/** Changes when anything about how objects of the definition are served may have changed. */
export function schemaRevisionOf(crd: CustomResourceDefinition): string {
  const shown = encodeJson([crd.metadata.uid, crd.spec, crd.status?.acceptedNames]);
  return createHash('sha256').update(shown).digest('base64url');
}

function customDefinition(
  crd: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  { storageVersion, isTerminating }: CustomKindContext,
): KindDefinition {
  const { group, scope } = crd.spec;
  const names = crd.status?.acceptedNames ?? crd.spec.names;
  const { kind, plural } = names;
  const namespaced = scope === 'Namespaced';
  const schema = lazySchema(version);
  const rules = lazyRules(version, schema);
  const printer = createColumnPrinter(version.additionalPrinterColumns);
  const hasStatus = version.subresources?.status !== undefined;
  let mergeSchema: MergeSchema | undefined;
  return {
    group,
    version: version.name,
    kind,
    listKind: names.listKind ?? `${kind}List`,
    resource: plural,
    singular: names.singular ?? kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced,
    get verbs() {
      return isTerminating() ? terminatingVerbs : allVerbs;
    },
    subresources: subresourcesOf(version),
    ...(version.name === storageVersion ? {} : { conversion: conversionOf(crd, version.name, storageVersion) }),
    ...(version.deprecated === true ? { deprecation: deprecationOf(crd, version) } : {}),
    get mergeSchema() {
      mergeSchema ??= mergeSchemaOfStructural(schema());
      return mergeSchema;
    },
    allowCreateOnUpdate: false,
    allowUnconditionalUpdate: false,
    hasGeneration: true,
    ...scaleOf(version),
    setDefaults: (object) => applyDefaults(schema(), object),
    prepareForCreate(object) {
      if (hasStatus && object['status'] !== undefined) delete object['status'];
    },
    prepareForUpdate(object, old, subresource) {
      if (subresource === 'status') keepAllButStatus(object, old);
      else if (hasStatus) restore(object, old, 'status');
    },
    validate: (object) => validateNew(object, { namespaced, schema, rules, inOrder: false }),
    validateUpdate: (object, old) => validateObjectMetaUpdate(object.metadata, old.metadata),
    warnings: () => [],
    columns: printer.columns,
    cells: (object, now) => printer.cells(object, now),
    selectableFields: createSelectableFieldsReader(version.selectableFields),
  };
}

interface Validation {
  readonly namespaced: boolean;
  readonly schema: () => StructuralSchema;
  readonly rules: () => RuleValidator | undefined;
  /** Known to be as its schema says; else it is looked at. */
  readonly inOrder: boolean;
}

function validateNew(object: Unstructured, { namespaced, schema, rules, inOrder }: Validation): FieldError[] {
  const errors = validateObjectMeta(object.metadata, { namespaced });
  if (!inOrder && !isInOrder(schema(), jsonOf(object))) errors.push(...validateValue(schema(), object, ''));
  const validator = rules();
  return validator === undefined ? errors : withRules(errors, () => validator.validate(object).errors);
}

function subresourcesOf(version: CustomResourceDefinitionVersion): readonly SubresourceDefinition[] {
  const subresources: SubresourceDefinition[] = [];
  if (version.subresources?.status !== undefined) subresources.push({ name: 'status', verbs: partVerbs });
  if (version.subresources?.scale !== undefined) {
    subresources.push({
      name: 'scale',
      kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
      verbs: partVerbs,
    });
  }
  return subresources;
}

function scaleOf(version: CustomResourceDefinitionVersion): Pick<KindDefinition, 'scale'> {
  const scale = version.subresources?.scale;
  if (scale === undefined) return {};
  return {
    scale: {
      specReplicasPath: segments(scale.specReplicasPath),
      statusReplicasPath: segments(scale.statusReplicasPath),
      labelSelector: (object) => readScale(scale, object).selector,
    },
  };
}

function segments(path: string): string[] {
  return path.split('.').filter((segment) => segment !== '');
}

/** Strategy None: versions differ in nothing but their name. Strategy Webhook needs a call that this server doesn't make. */
function conversionOf(
  crd: CustomResourceDefinition,
  version: string,
  storageVersion: string,
): NonNullable<KindDefinition['conversion']> {
  const { group } = crd.spec;
  const storage = { group, version: storageVersion };
  if (crd.spec.conversion?.strategy === 'Webhook') {
    const refuse = (): never => {
      throw internalError(
        `conversion webhook for ${group}/${version}, Kind=${crd.spec.names.kind} failed: this server does not call ` +
          `conversion webhooks; use version ${storageVersion}`,
      );
    };
    return { storage, toStorage: refuse, fromStorage: refuse };
  }
  const stored = formatGroupVersion(storage);
  const served = formatGroupVersion({ group, version });
  return {
    storage,
    toStorage: (object) => ({ ...object, apiVersion: stored }),
    fromStorage: (object) => ({ ...object, apiVersion: served }),
  };
}

function deprecationOf(crd: CustomResourceDefinition, version: CustomResourceDefinitionVersion): string {
  const { group, names } = crd.spec;
  return version.deprecationWarning ?? `${group}/${version.name} ${names.kind} is deprecated`;
}

function lazySchema(version: CustomResourceDefinitionVersion): () => StructuralSchema {
  let compiled: StructuralSchema | undefined;
  return () => {
    compiled ??= compileStructuralSchema(
      version.schema?.openAPIV3Schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    );
    return compiled;
  };
}

/** The rules of a schema, compiled when the first object comes; a schema without rules has none to ask for. */
function lazyRules(
  version: CustomResourceDefinitionVersion,
  schema: () => StructuralSchema,
): () => RuleValidator | undefined {
  const source = version.schema?.openAPIV3Schema;
  if (source === undefined || !hasValidationRules(source)) return () => undefined;
  let validator: RuleValidator | undefined;
  return () => {
    validator ??= ruleValidator(schema());
    return validator;
  };
}

/** Errors that leave too little of an object to judge it by rules. */
const blocking: ReadonlySet<FieldErrorType> = new Set([
  'NotSupported',
  'Required',
  'TooLong',
  'TooMany',
  'TypeInvalid',
]);

function withRules(errors: FieldError[], judge: () => readonly FieldError[]): FieldError[] {
  if (!errors.some(({ type }) => blocking.has(type))) return [...errors, ...judge()];
  const detail =
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
  return [...errors, invalidValue('', null, detail)];
}

/** A decoded body holds nothing but JSON values. */
function jsonOf(object: Unstructured): JsonObject {
  return object as Record<string, unknown> as JsonObject;
}

function refresh(
  schema: StructuralSchema,
  object: Unstructured,
  { keepUnknown, apiVersion }: { keepUnknown: boolean; apiVersion: string },
): void {
  // It may have been stored when another version was the stored one.
  object.apiVersion = apiVersion;
  if (!keepUnknown) prune(schema, jsonOf(object));
  applyDefaults(schema, object);
}

/** A request to `status` changes the status alone, and of metadata only what every write changes. */
function keepAllButStatus(object: Unstructured, old: Unstructured): void {
  for (const field of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (field !== 'status' && field !== 'metadata') restore(object, old, field);
  }
  const { managedFields, resourceVersion } = object.metadata;
  object.metadata = { ...old.metadata };
  if (managedFields !== undefined) object.metadata.managedFields = managedFields;
  if (resourceVersion !== undefined) object.metadata.resourceVersion = resourceVersion;
}

function restore(object: Unstructured, old: Unstructured, field: string): void {
  if (old[field] === undefined) delete object[field];
  else object[field] = old[field];
}
