/**
 * CustomResourceDefinition `apiextensions.k8s.io/v1beta1`, as older manifests have it, and its conversion to and from v1.
 *
 * v1beta1 may give schema, subresources and columns once for all versions, spells a column's path `JSONPath`, keeps
 * unknown fields unless told otherwise, and flattens the conversion webhook.
 */

import { deepEqual, type KubeObject } from '@kindred/machinery';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';
import type {
  AdditionalPrinterColumn,
  CustomResourceConversion,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus,
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  SelectableField,
  WebhookClientConfig,
} from './custom-resource-definition.ts';

export interface AdditionalPrinterColumnV1beta1 {
  name: string;
  type: string;
  format?: string;
  description?: string;
  priority?: number;
  JSONPath: string;
}

export interface CustomResourceDefinitionVersionV1beta1 {
  name: string;
  served: boolean;
  storage: boolean;
  deprecated?: boolean;
  deprecationWarning?: string;
  schema?: { openAPIV3Schema?: JSONSchemaProps };
  subresources?: CustomResourceSubresources;
  additionalPrinterColumns?: AdditionalPrinterColumnV1beta1[];
  selectableFields?: SelectableField[];
}

export interface CustomResourceDefinitionSpecV1beta1 {
  group: string;
  version?: string;
  names: CustomResourceDefinitionNames;
  scope?: string;
  validation?: { openAPIV3Schema?: JSONSchemaProps };
  subresources?: CustomResourceSubresources;
  versions?: CustomResourceDefinitionVersionV1beta1[];
  additionalPrinterColumns?: AdditionalPrinterColumnV1beta1[];
  selectableFields?: SelectableField[];
  conversion?: {
    strategy: string;
    webhookClientConfig?: WebhookClientConfig;
    conversionReviewVersions?: string[];
  };
  preserveUnknownFields?: boolean;
}

export interface CustomResourceDefinitionV1beta1 extends KubeObject {
  spec: CustomResourceDefinitionSpecV1beta1;
  status?: CustomResourceDefinitionStatus;
}

/** v1beta1 → v1. Top-level schema, subresources and columns go to every version that has none of its own. */
export function crdFromV1beta1(crd: CustomResourceDefinitionV1beta1): CustomResourceDefinition {
  const { spec, status, metadata } = crd;
  const converted: CustomResourceDefinitionSpec = {
    group: spec.group,
    names: spec.names,
    scope: spec.scope ?? 'Namespaced',
    versions: versionsOf(spec).map((version) => versionToV1(version, spec)),
    // Unknown fields were kept unless the manifest said otherwise.
    preserveUnknownFields: spec.preserveUnknownFields ?? true,
  };
  if (spec.conversion !== undefined) converted.conversion = conversionToV1(spec.conversion);
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec: converted,
    ...(status === undefined ? {} : { status }),
  };
}

/** v1 → v1beta1. What all versions have in common is given once, at the top. */
export function crdToV1beta1(crd: CustomResourceDefinition): CustomResourceDefinitionV1beta1 {
  const { spec, status, metadata } = crd;
  const converted: CustomResourceDefinitionSpecV1beta1 = {
    group: spec.group,
    names: spec.names,
    scope: spec.scope,
    versions: spec.versions.map(versionToV1beta1),
    preserveUnknownFields: spec.preserveUnknownFields ?? false,
  };
  const first = spec.versions[0];
  if (first !== undefined) converted.version = first.name;
  if (spec.conversion !== undefined) converted.conversion = conversionToV1beta1(spec.conversion);
  hoist(converted);
  return {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kind: 'CustomResourceDefinition',
    metadata,
    spec: converted,
    ...(status === undefined ? {} : { status }),
  };
}

function versionsOf(spec: CustomResourceDefinitionSpecV1beta1): CustomResourceDefinitionVersionV1beta1[] {
  if (spec.versions !== undefined && spec.versions.length > 0) return spec.versions;
  return spec.version === undefined ? [] : [{ name: spec.version, served: true, storage: true }];
}

function versionToV1(
  version: CustomResourceDefinitionVersionV1beta1,
  spec: CustomResourceDefinitionSpecV1beta1,
): CustomResourceDefinitionVersion {
  const { additionalPrinterColumns: ownColumns, ...rest } = version;
  const converted: CustomResourceDefinitionVersion = { ...rest };
  const schema = version.schema ?? spec.validation;
  const subresources = version.subresources ?? spec.subresources;
  const columns = ownColumns ?? spec.additionalPrinterColumns;
  const selectableFields = version.selectableFields ?? spec.selectableFields;
  if (schema !== undefined) converted.schema = schema;
  if (subresources !== undefined) converted.subresources = subresources;
  if (columns !== undefined) converted.additionalPrinterColumns = columns.map(columnToV1);
  if (selectableFields !== undefined) converted.selectableFields = selectableFields;
  return converted;
}

function versionToV1beta1(version: CustomResourceDefinitionVersion): CustomResourceDefinitionVersionV1beta1 {
  const { additionalPrinterColumns, ...rest } = version;
  if (additionalPrinterColumns === undefined) return { ...rest };
  return { ...rest, additionalPrinterColumns: additionalPrinterColumns.map(columnToV1beta1) };
}

function columnToV1({ JSONPath, ...rest }: AdditionalPrinterColumnV1beta1): AdditionalPrinterColumn {
  return { ...rest, jsonPath: JSONPath };
}

function columnToV1beta1({ jsonPath, ...rest }: AdditionalPrinterColumn): AdditionalPrinterColumnV1beta1 {
  return { ...rest, JSONPath: jsonPath };
}

function conversionToV1(
  conversion: NonNullable<CustomResourceDefinitionSpecV1beta1['conversion']>,
): CustomResourceConversion {
  const { strategy, webhookClientConfig, conversionReviewVersions } = conversion;
  if (webhookClientConfig === undefined && conversionReviewVersions === undefined) return { strategy };
  return {
    strategy,
    webhook: {
      ...(webhookClientConfig === undefined ? {} : { clientConfig: webhookClientConfig }),
      conversionReviewVersions: conversionReviewVersions ?? ['v1beta1'],
    },
  };
}

function conversionToV1beta1(
  conversion: CustomResourceConversion,
): NonNullable<CustomResourceDefinitionSpecV1beta1['conversion']> {
  const { strategy, webhook } = conversion;
  return {
    strategy,
    ...(webhook?.clientConfig === undefined ? {} : { webhookClientConfig: webhook.clientConfig }),
    ...(webhook?.conversionReviewVersions === undefined
      ? {}
      : { conversionReviewVersions: webhook.conversionReviewVersions }),
  };
}

/** Moves what is equal in all versions to the top: v1beta1 does not allow it to be repeated. */
function hoist(spec: CustomResourceDefinitionSpecV1beta1): void {
  const versions = spec.versions ?? [];
  const [first, ...others] = versions;
  if (first === undefined) return;
  const shared = (field: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields') =>
    first[field] !== undefined && others.every((version) => deepEqual(version[field], first[field]));
  if (shared('schema') && first.schema !== undefined) {
    spec.validation = first.schema;
    for (const version of versions) delete version.schema;
  }
  if (shared('subresources') && first.subresources !== undefined) {
    spec.subresources = first.subresources;
    for (const version of versions) delete version.subresources;
  }
  if (shared('additionalPrinterColumns') && first.additionalPrinterColumns !== undefined) {
    spec.additionalPrinterColumns = first.additionalPrinterColumns;
    for (const version of versions) delete version.additionalPrinterColumns;
  }
  if (shared('selectableFields') && first.selectableFields !== undefined) {
    spec.selectableFields = first.selectableFields;
    for (const version of versions) delete version.selectableFields;
  }
}
