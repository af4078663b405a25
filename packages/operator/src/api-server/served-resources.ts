/**
 * The resources of a definition in the API server's terms: kinds with their handlers, and what takes part in the writes of
 * those that are stored.
 */

import type { KindDefinition } from '@kindred/apis';
import {
  type AdmissionPlugin,
  type ApiServerOptions,
  answerSubresource,
  type ServedResourceOptions,
  type SubresourceHandler,
  subresourceDefinitions,
  verbsOfSource,
  virtualResource,
} from '@kindred/apiserver';
import type { Unstructured } from '@kindred/machinery';
import type { CallContext } from './call-of-request.ts';
import { handledSource } from './handled-source.ts';
import { handledSubresources } from './handled-subresource.ts';
import { servedKind } from './served-kind.ts';
import { storedAdmission } from './stored-admission.ts';
import type { StorageVersion, StoredResource } from './stored-resource.ts';
import type { VirtualResource } from './virtual-resource.ts';

export type ServedParts = Required<Pick<ApiServerOptions, 'resources' | 'subresources' | 'admission'>>;

export function servedResources(
  resources: readonly (VirtualResource | StoredResource)[],
  context: CallContext,
): ServedParts {
  const parts = resources.map((resource) =>
    resource.type === 'virtual' ? virtualParts(resource, context) : storedParts(resource, context),
  );
  return {
    resources: parts.map(({ resource }) => resource),
    subresources: parts.flatMap(({ subresources }) => subresources),
    admission: parts.flatMap(({ admission }) => (admission === undefined ? [] : [admission])),
  };
}

interface Parts {
  readonly resource: ServedResourceOptions;
  readonly subresources: readonly SubresourceHandler[];
  readonly admission: AdmissionPlugin | undefined;
}

function virtualParts(resource: VirtualResource, context: CallContext): Parts {
  const source = handledSource(resource, context);
  const subresources = handledSubresources(resource.subresources ?? {}, context);
  const kind = servedKind(resource.kind, {
    virtual: true,
    table: resource.table,
    selectableFields: resource.selectableFields,
    validate: (object) => resource.validate?.(object) ?? [],
    definition: () => ({ verbs: verbsOfSource(source), subresources: subresourceDefinitions(subresources) }),
  });
  return { resource: { kind, handle: virtualResource(source, subresources) }, subresources: [], admission: undefined };
}

function storedParts(resource: StoredResource, context: CallContext): Parts {
  const { table, selectableFields, allowCreateOnUpdate = false, allowUnconditionalUpdate = false } = resource;
  const subresources = handledSubresources(resource.subresources ?? {}, context);
  const kind = servedKind(resource.kind, {
    table,
    selectableFields,
    validate: (object) => resource.validate?.(object) ?? [],
    validateUpdate: (object, old) => resource.validateUpdate?.(object, old) ?? [],
    definition: (base) => ({
      ...preparations(base, resource),
      ...(resource.storedAs === undefined ? {} : { conversion: conversionOf(resource.kind, resource.storedAs) }),
      subresources: [...base.subresources, ...subresourceDefinitions(subresources)],
      allowCreateOnUpdate,
      allowUnconditionalUpdate,
      warnings: (object) => [...(resource.warnings?.(object) ?? [])],
    }),
  });
  const { group, plural } = resource.kind;
  return {
    resource: { kind },
    subresources: Object.entries(subresources).map(([name, subresource]) => ({
      group,
      resource: plural,
      subresource: name,
      handle: (request) => answerSubresource(request, subresource),
    })),
    admission: storedAdmission(resource, context),
  };
}

function conversionOf(
  own: StoredResource['kind'],
  { kind, toStorage, fromStorage }: StorageVersion,
): NonNullable<KindDefinition['conversion']> {
  return {
    storage: { group: kind.group, version: kind.version },
    toStorage: (object) => converted(object, kind, toStorage(object)),
    fromStorage: (object) => converted(object, own, fromStorage(object)),
  };
}

function converted(object: Unstructured, { apiVersion, kind }: StoredResource['kind'], content: object): Unstructured {
  const own = { kind, apiVersion, metadata: object.metadata };
  // Whoever spreads the whole object into the other one means its fields.
  return { ...own, ...content, ...own };
}

/** The kind's own rules first: a strategy sees what they leave. */
function preparations(
  base: KindDefinition,
  resource: StoredResource,
): Pick<KindDefinition, 'prepareForCreate' | 'prepareForUpdate'> {
  return {
    prepareForCreate(object) {
      base.prepareForCreate(object);
      resource.prepareForCreate?.(object);
    },
    prepareForUpdate(object, old, subresource) {
      base.prepareForUpdate(object, old, subresource);
      if (subresource === '') resource.prepareForUpdate?.(object, old);
    },
  };
}
