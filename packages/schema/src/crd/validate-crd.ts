/**
 * Validation of CustomResourceDefinitions, with the API server's texts.
 *
 * As upstream, rules are stated over the v1beta1 shape, in which what all versions share is given once: the schema of a
 * definition with one version is reported as `spec.validation.openAPIV3Schema`.
 */
import {
  childPath,
  deepEqual,
  type FieldError,
  forbiddenField,
  indexPath,
  invalidValue,
  notSupported,
  required,
} from '@kindred/machinery';
import { isDns1035Label, isDns1123Subdomain } from '../structural/dns-names.ts';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';
import { structuralErrors } from '../structural/structural-rules.ts';
import { hasValidationRules, schemaHas } from '../structural/validation-rules.ts';
import { validationRuleErrors } from '../validation-rules/rule-errors.ts';
import {
  type CustomResourceDefinitionSpecV1beta1,
  type CustomResourceDefinitionV1beta1,
  crdToV1beta1,
} from './crd-v1beta1.ts';
import {
  type CustomResourceDefinition,
  isConditionTrue,
  preservesUnknownFields,
} from './custom-resource-definition.ts';
import { conversionErrors, isValidCaBundle } from './validate-conversion.ts';
import { defaultErrors } from './validate-defaults.ts';
import { apiApprovalErrors, nameErrors, requiredNameErrors } from './validate-names.ts';
import { schemaErrors } from './validate-schema.ts';
import { columnErrors, deprecationErrors, selectableFieldErrors, subresourceErrors } from './validate-version.ts';

export interface CrdValidationOptions {
  /** Which API version the client spoke: v1beta1 allows definitions without a schema. Default v1. */
  readonly requestVersion?: 'v1' | 'v1beta1';
}

interface Rules {
  readonly requireSchema: boolean;
  readonly requireStructural: boolean;
  readonly checkCaBundle: boolean;
  /** Schemas that were there before: their rules are stored already, and not judged again. */
  readonly knownSchemas: readonly JSONSchemaProps[];
}

/**
 * All errors of a new definition, which has its defaults already. The definition's JSON types are taken for granted:
 * see `decodeCustomResourceDefinition`.
 */
export function validateCustomResourceDefinition(
  crd: CustomResourceDefinition,
  options: CrdValidationOptions = {},
): FieldError[] {
  const isV1 = (options.requestVersion ?? 'v1') === 'v1';
  const rules = { requireSchema: isV1, requireStructural: isV1, checkCaBundle: false, knownSchemas: [] };
  return [
    ...metadataNameErrors(crd),
    ...specErrors(crd, rules),
    ...apiApprovalErrors(crd),
    ...(isV1 ? preserveUnknownFieldsErrors(crd) : []),
  ];
}

/** All errors of an updated definition. Rules that the old one already broke are not held against the new one. */
export function validateCustomResourceDefinitionUpdate(
  crd: CustomResourceDefinition,
  old: CustomResourceDefinition,
  options: CrdValidationOptions = {},
): FieldError[] {
  const isV1 = (options.requestVersion ?? 'v1') === 'v1';
  const established = isConditionTrue(old, 'Established');
  const oldBundle = old.spec.conversion?.webhook?.clientConfig?.caBundle ?? '';
  const rules = {
    requireSchema: isV1 && old.spec.versions.every((version) => version.schema?.openAPIV3Schema !== undefined),
    requireStructural: isV1 && !hasNonStructuralSchema(old),
    checkCaBundle: established && (oldBundle === '' || isValidCaBundle(oldBundle)),
    knownSchemas: old.spec.versions.flatMap(({ schema }) => schema?.openAPIV3Schema ?? []),
  };
  return [
    ...specErrors(crd, rules),
    ...immutableErrors(crd, old, established),
    ...nameErrors(crd.status?.acceptedNames ?? { plural: '', kind: '' }, 'status.acceptedNames'),
    ...storedVersionsErrors(crd),
    ...apiApprovalErrors(crd, old),
    ...(isV1 && !preservesUnknownFields(old) ? preserveUnknownFieldsErrors(crd) : []),
  ];
}

/** What the NonStructuralSchema condition lists; empty when every version's schema is structural. */
export function nonStructuralErrors(crd: CustomResourceDefinition): FieldError[] {
  return crd.spec.versions.flatMap((version, i) => {
    const schema = version.schema?.openAPIV3Schema;
    return schema === undefined ? [] : structuralErrors(schema, `spec.versions[${i}].schema.openAPIV3Schema`);
  });
}

/** v1beta1 only: what is given at the top may not be given for a version too. */
export function v1beta1ExclusivenessErrors(crd: CustomResourceDefinitionV1beta1): FieldError[] {
  const { spec } = crd;
  const versions = spec.versions ?? [];
  const pairs = [
    ['validation', 'schema', 'schemas'],
    ['subresources', 'subresources', 'subresources'],
    ['additionalPrinterColumns', 'additionalPrinterColumns', 'additionalPrinterColumns'],
  ] as const;
  const errors = pairs
    .filter(([top, own]) => spec[top] !== undefined && versions.some((version) => version[own] !== undefined))
    .map(([top, , noun]) => forbiddenField(`spec.${top}`, `top-level and per-version ${noun} are mutually exclusive`));
  const first = versions[0];
  if (spec.version !== undefined && first !== undefined && first.name !== spec.version) {
    errors.push(invalidValue('spec.version', spec.version, 'must match the first version in spec.versions'));
  }
  return errors;
}

function metadataNameErrors(crd: CustomResourceDefinition): FieldError[] {
  const { name = '' } = crd.metadata;
  const { group, names } = crd.spec;
  if (name === '') return [required('metadata.name', 'name or generateName is required')];
  const expected = `${names.plural}.${group}`;
  if (name === expected) return [];
  return [invalidValue('metadata.name', name, `must be spec.names.plural+"."+spec.group`)];
}

function preserveUnknownFieldsErrors(crd: CustomResourceDefinition): FieldError[] {
  if (!preservesUnknownFields(crd)) return [];
  const detail =
    'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  return [invalidValue('spec.preserveUnknownFields', true, detail)];
}

function specErrors(crd: CustomResourceDefinition, rules: Rules): FieldError[] {
  const { spec } = crdToV1beta1(crd);
  const versions = spec.versions ?? [];
  const preserves = preservesUnknownFields(crd);
  const schemas = allSchemas(spec);
  const requireStructural = rules.requireStructural || !preserves || schemas.some(needsStructure);
  const errors = [...groupErrors(spec), ...scopeErrors(spec), ...missingSchemaErrors(spec, rules, preserves)];
  if (preserves && schemas.some((schema) => schemaHas(schema, (node) => node.default !== undefined))) {
    const detail = 'must be false in order to use defaults in the schema';
    errors.push(invalidValue('spec.preserveUnknownFields', true, detail));
  }
  const { knownSchemas } = rules;
  errors.push(...versionsErrors(spec, { requireStructural, knownSchemas }));
  errors.push(...versionSetErrors(crd), ...requiredNameErrors(spec.names, 'spec.names'));
  errors.push(...nameErrors(spec.names, 'spec.names'));
  const anyStatus = [spec, ...versions].some((part) => part.subresources?.status !== undefined);
  const shared = spec.validation?.openAPIV3Schema;
  if (shared !== undefined) {
    const at = 'spec.validation.openAPIV3Schema';
    errors.push(...openApiSchemaErrors(shared, at, { status: anyStatus, requireStructural, knownSchemas }));
  }
  errors.push(...subresourceErrors(spec.subresources, 'spec.subresources'));
  errors.push(...columnsErrors(spec.additionalPrinterColumns, 'spec.additionalPrinterColumns'));
  if (spec.selectableFields !== undefined) {
    const schema = shared ?? versions[0]?.schema?.openAPIV3Schema;
    errors.push(...selectableFieldErrors(spec.selectableFields, schema, 'spec.selectableFields'));
  }
  if (preserves && spec.conversion !== undefined && spec.conversion.strategy !== 'None') {
    const detail = 'must be None if spec.preserveUnknownFields is true';
    errors.push(invalidValue('spec.conversion.strategy', spec.conversion.strategy, detail));
  }
  errors.push(...conversionErrors(spec.conversion, 'spec.conversion', rules));
  return errors;
}

function groupErrors({ group }: CustomResourceDefinitionSpecV1beta1): FieldError[] {
  if ((group ?? '') === '') return [required('spec.group')];
  const problems = isDns1123Subdomain(group);
  if (problems.length > 0) return [invalidValue('spec.group', group, problems.join(','))];
  return group.includes('.') ? [] : [invalidValue('spec.group', group, 'should be a domain with at least one dot')];
}

function scopeErrors({ scope = '' }: CustomResourceDefinitionSpecV1beta1): FieldError[] {
  if (scope === '') return [required('spec.scope')];
  if (scope === 'Cluster' || scope === 'Namespaced') return [];
  return [notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])];
}

function missingSchemaErrors(
  spec: CustomResourceDefinitionSpecV1beta1,
  rules: Rules,
  preserves: boolean,
): FieldError[] {
  if (spec.validation?.openAPIV3Schema !== undefined) return [];
  const detail = rules.requireSchema ? 'schemas are required' : 'because otherwise all fields are pruned';
  return (spec.versions ?? []).flatMap((version, i) => {
    const needed = rules.requireSchema || (!preserves && version.served);
    if (!needed || version.schema?.openAPIV3Schema !== undefined) return [];
    return [required(`spec.versions[${i}].schema.openAPIV3Schema`, detail)];
  });
}

function versionsErrors(
  spec: CustomResourceDefinitionSpecV1beta1,
  rules: Pick<Rules, 'requireStructural' | 'knownSchemas'>,
): FieldError[] {
  return (spec.versions ?? []).flatMap((version, i) => {
    const path = indexPath('spec.versions', i);
    const errors: FieldError[] = [];
    const problems = isDns1035Label(version.name ?? '');
    if (problems.length > 0) {
      errors.push(invalidValue(childPath(path, 'name'), version.name ?? '', problems.join(',')));
    }
    errors.push(...deprecationErrors(version, path));
    const schema = version.schema?.openAPIV3Schema;
    if (schema !== undefined) {
      const status = (version.subresources ?? spec.subresources)?.status !== undefined;
      const at = childPath(path, 'schema.openAPIV3Schema');
      errors.push(...openApiSchemaErrors(schema, at, { status, ...rules }));
    }
    errors.push(...subresourceErrors(version.subresources, childPath(path, 'subresources')));
    errors.push(...columnsErrors(version.additionalPrinterColumns, childPath(path, 'additionalPrinterColumns')));
    if (version.selectableFields !== undefined) {
      const known = schema ?? spec.validation?.openAPIV3Schema;
      errors.push(...selectableFieldErrors(version.selectableFields, known, childPath(path, 'selectableFields')));
    }
    return errors;
  });
}

function versionSetErrors(crd: CustomResourceDefinition): FieldError[] {
  const { versions } = crd.spec;
  const errors: FieldError[] = [];
  // Values are the names only: whole versions would bury the message.
  const names = versions.map((version) => version.name);
  if (new Set(names).size < names.length) {
    errors.push(invalidValue('spec.versions', names, 'must contain unique version names'));
  }
  if (versions.filter((version) => version.storage).length !== 1) {
    errors.push(invalidValue('spec.versions', names, 'must have exactly one version marked as storage version'));
  }
  return errors;
}

function columnsErrors(
  columns: CustomResourceDefinitionSpecV1beta1['additionalPrinterColumns'],
  path: string,
): FieldError[] {
  return (columns ?? []).flatMap((column, i) => columnErrors(column, indexPath(path, i)));
}

const rootKeywords: ReadonlySet<string> = new Set(
  (
    'description type format title maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern maxItems ' +
    'minItems uniqueItems multipleOf required items properties externalDocs example x-kubernetes-preserve-unknown-fields ' +
    'x-kubernetes-validations'
  ).split(' '),
);

const rootKeywordsText =
  '[Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems ' +
  'MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations]';

function openApiSchemaErrors(
  schema: JSONSchemaProps,
  path: string,
  {
    status,
    requireStructural,
    knownSchemas,
  }: Pick<Rules, 'requireStructural' | 'knownSchemas'> & { readonly status: boolean },
): FieldError[] {
  const errors = status ? rootKeywordErrors(schema, path) : [];
  if (schema.nullable === true) {
    errors.push(forbiddenField(childPath(path, 'nullable'), 'nullable cannot be true at the root'));
  }
  if (requireStructural) {
    const violations = structuralErrors(schema, path);
    errors.push(...(violations.length > 0 ? violations : defaultErrors(schema, path)));
  }
  errors.push(...schemaErrors(schema, path));
  // Types are only known of structural schemas.
  const judgesRules = hasValidationRules(schema) && !knownSchemas.some((known) => deepEqual(known, schema));
  if (judgesRules && structuralErrors(schema, path).length === 0) errors.push(...validationRuleErrors(schema, path));
  return errors;
}

/** With a status subresource the schema is split at its root: only some keywords survive that. */
function rootKeywordErrors(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { type = '' } = schema;
  if (type !== '' && type !== 'object') {
    const detail =
      'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
    errors.push(invalidValue(childPath(path, 'type'), type, detail));
  }
  const other = Object.keys(schema).find((keyword) => !rootKeywords.has(keyword) && keyword !== 'nullable');
  if (other !== undefined) {
    const detail = `only ${rootKeywordsText} fields are allowed at the root of the schema if the status subresource is enabled`;
    errors.push(invalidValue(path, other, detail));
  }
  return errors;
}

function immutableErrors(
  crd: CustomResourceDefinition,
  old: CustomResourceDefinition,
  established: boolean,
): FieldError[] {
  const errors: FieldError[] = [];
  const fixed = (path: string, value: unknown, before: unknown) => {
    if (!deepEqual(value, before)) errors.push(invalidValue(path, value, 'field is immutable'));
  };
  if (established) {
    fixed('spec.scope', crd.spec.scope, old.spec.scope);
    fixed('spec.names.kind', crd.spec.names.kind, old.spec.names.kind);
  }
  fixed('spec.group', crd.spec.group, old.spec.group);
  fixed('spec.names.plural', crd.spec.names.plural, old.spec.names.plural);
  return errors;
}

function storedVersionsErrors(crd: CustomResourceDefinition): FieldError[] {
  const path = 'status.storedVersions';
  const stored = crd.status?.storedVersions ?? [];
  if (stored.length === 0) return [invalidValue(path, stored, 'must have at least one stored version')];
  const errors: FieldError[] = [];
  for (const version of crd.spec.versions) {
    if (version.storage && !stored.includes(version.name)) {
      errors.push(invalidValue(path, stored, `must have the storage version ${version.name}`));
    }
  }
  stored.forEach((name, i) => {
    if (crd.spec.versions.some((version) => version.name === name)) return;
    const detail =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a ` +
      `storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalidValue(indexPath(path, i), name, detail));
  });
  return errors;
}

function allSchemas(spec: CustomResourceDefinitionSpecV1beta1): JSONSchemaProps[] {
  const holders = [spec.validation, ...(spec.versions ?? []).map((version) => version.schema)];
  return holders.flatMap((holder) => (holder?.openAPIV3Schema === undefined ? [] : [holder.openAPIV3Schema]));
}

/** Defaults and the extensions mean nothing without structure. */
function needsStructure(schema: JSONSchemaProps): boolean {
  return schemaHas(
    schema,
    (node) => node.default !== undefined || extensionKeywords.some((keyword) => node[keyword] !== undefined),
  );
}

const extensionKeywords = [
  'x-kubernetes-embedded-resource',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-validations',
] as const;

function hasNonStructuralSchema(crd: CustomResourceDefinition): boolean {
  return nonStructuralErrors(crd).length > 0;
}
