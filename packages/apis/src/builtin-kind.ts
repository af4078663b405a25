/**
 * Makes the definition of a built-in kind out of its facts (names, verbs, columns) and its hand-written rules. What has no
 * rule gets the generic behaviour: no defaults, metadata and required fields validated, Name and Age shown.
 */
import {
  deepEqual,
  type FieldError,
  type MergeSchema,
  mergeSchemasOf,
  type Unstructured,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from '@kindred/machinery';
import { requiredFieldErrors } from './decode/required-fields.ts';
import { categoryAll, columnFacts, shortNames } from './gen/resources.ts';
import { packageOfGroupVersion } from './gen/type-table.ts';
import type { KindDefinition, TableColumn } from './kind-definition.ts';
import type { KindRules } from './kind-rules.ts';
import { genericCells } from './printing/generic-cells.ts';
import type { ResourceFact } from './resource-facts.ts';
import { typeTable } from './type-table.ts';

/** The merge schema of a type of the table; a deduced one for a name that the table lacks. */
export const mergeSchemaOf: (typeName: string) => MergeSchema = mergeSchemasOf(typeTable);

/** What a version that isn't stored adds. */
export type VersionTraits = Pick<KindDefinition, 'conversion' | 'deprecation'>;

/** Definition of one kind in one version. Cheap: schemas are made when they are first asked for. */
export function builtinKind(fact: ResourceFact, rules: KindRules, traits: VersionTraits = {}): KindDefinition {
  const { group, version, kind, resource, namespaced, verbs, subresources } = fact;
  const columns = rules.columns ?? columnsOf(kind);
  const hasStatus = subresources.some(({ name }) => name === 'status');
  let mergeSchema: MergeSchema | undefined;
  // Without asking the table, which would read its text for every group at start. A test looks them all up.
  const typeName = `${packageOfGroupVersion[`${group}/${version}`]}.${kind}`;
  return {
    group,
    version,
    kind,
    listKind: `${kind}List`,
    resource,
    singular: kind.toLowerCase(),
    // The same short name in two groups makes kubectl warn at every use.
    shortNames: movedGroup(fact, traits) ? [] : (shortNames[resource] ?? []),
    // `kubectl get all` shows each object once, and not with the warning that its old group is deprecated.
    categories: !movedGroup(fact, traits) && categoryAll.includes(resource) ? ['all'] : (rules.categories ?? []),
    namespaced,
    verbs,
    subresources,
    typeName,
    ...(rules.deprecation === undefined ? {} : { deprecation: rules.deprecation }),
    ...traits,
    get mergeSchema() {
      mergeSchema ??= mergeSchemaOf(typeName);
      return mergeSchema;
    },
    allowCreateOnUpdate: rules.allowCreateOnUpdate ?? false,
    allowUnconditionalUpdate: rules.allowUnconditionalUpdate ?? true,
    hasGeneration: rules.hasGeneration ?? false,
    ...(rules.scale === undefined ? {} : { scale: rules.scale }),
    setDefaults: (object) => rules.setDefaults?.(object),
    prepareForCreate(object) {
      if (hasStatus) delete object['status'];
      rules.prepareForCreate?.(object);
    },
    prepareForUpdate(object, old, subresource) {
      if (hasStatus) keepOtherHalf(object, old, subresource, rules.statusWritesMetadata === true);
      rules.prepareForUpdate?.(object, old, subresource);
    },
    validate: (object) => validate(object, fact, rules, typeName),
    validateUpdate: (object, old, subresource) => [
      ...metadataChangeErrors(object, old, fact, rules),
      ...(rules.validateUpdate?.(object, old, subresource) ?? []),
    ],
    warnings: (object) => rules.warnings?.(object) ?? [],
    columns,
    cells: (object, now) => rules.cells?.(object, now) ?? genericCells(object, columns, now),
    selectableFields: (object) => rules.selectableFields?.(object) ?? {},
    ...(rules.gracePeriodSeconds === undefined
      ? {}
      : { gracePeriodSeconds: (object, requested) => rules.gracePeriodSeconds?.(object, requested) }),
  };
}

/** Subresources besides `status` that write parts of the status. */
const statusWriters = new Set(['approval', 'binding']);

function movedGroup(fact: ResourceFact, { conversion }: VersionTraits): boolean {
  return conversion !== undefined && conversion.storage.group !== fact.group;
}

/** A request to `status` changes nothing else, and other requests leave the status as it is. */
function keepOtherHalf(object: Unstructured, old: Unstructured, subresource: string, keepsMetadata: boolean): void {
  if (subresource !== 'status') {
    if (!statusWriters.has(subresource)) copyMember(object, old, 'status');
    return;
  }
  for (const member of new Set([...Object.keys(object), ...Object.keys(old)])) {
    if (member !== 'status' && member !== 'metadata') copyMember(object, old, member);
  }
  if (keepsMetadata) return;
  const { resourceVersion, managedFields } = object.metadata;
  const metadata = { ...old.metadata };
  if (resourceVersion !== undefined) metadata.resourceVersion = resourceVersion;
  if (managedFields !== undefined) metadata.managedFields = managedFields;
  object.metadata = metadata;
}

function copyMember(object: Unstructured, old: Unstructured, member: string): void {
  if (old[member] === undefined) delete object[member];
  else object[member] = old[member];
}

function validate(object: Unstructured, fact: ResourceFact, rules: KindRules, typeName: string): FieldError[] {
  const errors = metadataErrors(object, fact, rules);
  return [
    ...errors,
    ...(rules.validate === undefined ? requiredFieldErrors(typeName, object) : rules.validate(object)),
  ];
}

/** `validate` has said already what is wrong with the new metadata by itself. */
function metadataChangeErrors(
  object: Unstructured,
  old: Unstructured,
  fact: ResourceFact,
  rules: KindRules,
): FieldError[] {
  const errors = validateObjectMetaUpdate(object.metadata, old.metadata);
  if (errors.length === 0) return errors;
  const known = metadataErrors(object, fact, rules);
  return errors.filter((error) => !known.some((one) => deepEqual(one, error)));
}

function metadataErrors(object: Unstructured, { namespaced }: ResourceFact, { nameCheck }: KindRules): FieldError[] {
  return validateObjectMeta(object.metadata, { namespaced, ...(nameCheck === undefined ? {} : { nameCheck }) });
}

/** Kinds whose columns the printers keep under another name than their own. */
const columnNames: Readonly<Record<string, string>> = {
  CSIDriver: 'csiDriver',
  CSINode: 'csiNode',
  CSIStorageCapacity: 'csiStorageCapacity',
  ClusterRoleBinding: 'clusterRoleBindings',
  DeviceTaintRule: 'deviceTaint',
  Endpoints: 'endpoint',
  IPAddress: 'ipAddress',
  MutatingWebhookConfiguration: 'mutatingWebhook',
  PriorityLevelConfiguration: 'priorityLevel',
  ResourceSlice: 'nodeResourceSlice',
  RoleBinding: 'roleBindings',
  ServiceCIDR: 'serviceCIDR',
  ValidatingWebhookConfiguration: 'validatingWebhook',
};

/** Kinds that the printers know nothing of show when they were made, as custom resources without columns do. */
const createdAt: readonly TableColumn[] = [
  { name: 'Name', type: 'string', format: 'name', description: 'Name of the object', priority: 0 },
  { name: 'Created At', type: 'date', format: '', description: 'When the server stored the object first', priority: 0 },
];

function columnsOf(kind: string): readonly TableColumn[] {
  const facts = columnFacts[columnNames[kind] ?? kind.charAt(0).toLowerCase() + kind.slice(1)];
  return (
    facts?.map(([name, type, format, priority]) => ({ name, type, format, description: '', priority })) ?? createdAt
  );
}
