/**
 * Paths and operations of a kind, as the API server publishes them: collection, item and subresource paths with
 * `x-kubernetes-action` and `x-kubernetes-group-version-kind`.
 *
 * The media types of a PATCH body tell clients which patches a kind takes: custom resources have no strategic merge.
 */
import type { GroupVersionKind, TypeTable } from '@kindred/machinery';
import {
  deleteParameters,
  listParameters,
  nameParameter,
  namespaceParameter,
  patchParameters,
  pretty,
  writeParameters,
} from './parameters.ts';
import {
  componentNameOf,
  groupVersionPath,
  type OpenApiObject,
  type OpenApiValue,
  type ServedKind,
  type ServedSubresource,
} from './served-kind.ts';
import { refTo } from './type-schema.ts';

const patchType = 'io.k8s.apimachinery.pkg.apis.meta.v1.Patch';
const statusType = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
const deleteOptionsType = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

const protobuf = 'application/vnd.kubernetes.protobuf';

/** What an operation is about. */
interface Target {
  readonly kind: ServedKind;
  readonly gvk: GroupVersionKind;
  readonly component: string;
  readonly idSuffix: string;
}

/** All paths of one kind, in alphabetical order of the paths' own making: collection, item, subresources. */
export function kindPaths(kind: ServedKind, types: TypeTable): Record<string, OpenApiObject> {
  const base = groupVersionPath(kind);
  const target = targetOf(kind, undefined, types);
  const collection = kind.namespaced ? `${base}/namespaces/{namespace}/${kind.resource}` : `${base}/${kind.resource}`;
  const item = `${collection}/{name}`;
  const paths: Record<string, OpenApiObject> = {};
  if (kind.namespaced && kind.verbs.includes('list')) {
    const all = { ...target, idSuffix: `${idPart(kind)}${kind.kind}ForAllNamespaces` };
    paths[`${base}/${kind.resource}`] = { get: listOperation(all), parameters: [pretty] };
  }
  const scope = kind.namespaced ? [namespaceParameter] : [];
  add(paths, collection, collectionOperations(target), scope);
  add(paths, item, itemOperations(target, kind.verbs), [nameParameter, ...scope]);
  for (const subresource of kind.subresources) {
    const operations = itemOperations(targetOf(kind, subresource, types), subresource.verbs);
    add(paths, `${item}/${subresource.name}`, operations, [nameParameter, ...scope]);
  }
  return paths;
}

function add(
  paths: Record<string, OpenApiObject>,
  path: string,
  operations: Record<string, OpenApiObject>,
  parameters: readonly OpenApiObject[],
): void {
  if (Object.keys(operations).length > 0) paths[path] = { ...operations, parameters: [...parameters, pretty] };
}

function targetOf(kind: ServedKind, subresource: ServedSubresource | undefined, types: TypeTable): Target {
  const gvk = subresource?.kind ?? { group: kind.group, version: kind.version, kind: kind.kind };
  const component = subresource?.kind === undefined ? componentNameOf(kind) : types.typeNameOf(subresource.kind);
  const namespaced = kind.namespaced ? 'Namespaced' : '';
  return {
    kind,
    gvk,
    component: component ?? componentNameOf(kind),
    idSuffix: `${idPart(kind)}${namespaced}${kind.kind}${capital(subresource?.name ?? '')}`,
  };
}

function collectionOperations(target: Target): Record<string, OpenApiObject> {
  const { verbs } = target.kind;
  const operations: Record<string, OpenApiObject> = {};
  if (verbs.includes('list')) operations['get'] = listOperation(target);
  if (verbs.includes('create')) operations['post'] = createOperation(target);
  if (verbs.includes('deletecollection')) {
    operations['delete'] = operation(target, 'deletecollection', `deleteCollection${target.idSuffix}`, {
      parameters: [...deleteParameters, ...listParameters],
      requestBody: body(deleteOptionsType),
      responses: responses(statusType, ['200']),
    });
  }
  return operations;
}

function itemOperations(target: Target, verbs: readonly string[]): Record<string, OpenApiObject> {
  const { component, idSuffix } = target;
  const operations: Record<string, OpenApiObject> = {};
  if (verbs.includes('get')) {
    operations['get'] = operation(target, 'get', `read${idSuffix}`, { responses: responses(component, ['200']) });
  }
  if (verbs.includes('update')) {
    operations['put'] = operation(target, 'put', `replace${idSuffix}`, {
      parameters: writeParameters,
      requestBody: body(component),
      responses: responses(component, ['200', '201']),
    });
  }
  // Subresources such as binding and eviction are created; the object itself is created at its collection.
  if (verbs !== target.kind.verbs && verbs.includes('create')) operations['post'] = createOperation(target);
  if (verbs.includes('patch')) {
    operations['patch'] = operation(target, 'patch', `patch${idSuffix}`, {
      parameters: patchParameters,
      requestBody: { required: true, content: patchContent(target.kind) },
      responses: responses(component, ['200', '201']),
    });
  }
  if (verbs.includes('delete')) {
    operations['delete'] = operation(target, 'delete', `delete${idSuffix}`, {
      parameters: deleteParameters,
      requestBody: body(deleteOptionsType),
      responses: responses(statusType, ['200', '202']),
    });
  }
  return operations;
}

function listOperation(target: Target): OpenApiObject {
  return operation(target, 'list', `list${target.idSuffix}`, {
    parameters: listParameters,
    responses: responses(listComponentOf(target.kind), ['200']),
  });
}

function createOperation(target: Target): OpenApiObject {
  return operation(target, 'post', `create${target.idSuffix}`, {
    parameters: writeParameters,
    requestBody: body(target.component),
    responses: responses(target.component, ['200', '201', '202']),
  });
}

/** The component's name of the list of a kind. */
export function listComponentOf(kind: ServedKind): string {
  return kind.listKind === undefined
    ? `${componentNameOf(kind)}List`
    : componentNameOf(kind).replace(/[^.]+$/, kind.listKind);
}

function operation(target: Target, action: string, id: string, rest: OpenApiObject): OpenApiObject {
  const { group, version, kind } = target.gvk;
  return {
    operationId: id,
    tags: [`${tagOf(target.kind.group)}_${target.kind.version}`],
    ...rest,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': { group, version, kind },
  };
}

function body(component: string): OpenApiObject {
  return { required: component !== deleteOptionsType, content: { '*/*': { schema: refTo(component) } } };
}

function patchContent(kind: ServedKind): OpenApiObject {
  const content: OpenApiValue = { schema: refTo(patchType) };
  const common = {
    'application/apply-patch+yaml': content,
    'application/json-patch+json': content,
    'application/merge-patch+json': content,
  };
  return kind.typeName === undefined ? common : { ...common, 'application/strategic-merge-patch+json': content };
}

function responses(component: string, codes: readonly string[]): OpenApiObject {
  const content: OpenApiValue = { schema: refTo(component) };
  const answer: OpenApiValue = {
    description: 'OK',
    content: { 'application/json': content, 'application/yaml': content, [protobuf]: content },
  };
  return { ...Object.fromEntries(codes.map((code) => [code, answer])), '401': { description: 'Unauthorized' } };
}

function idPart({ group, version }: ServedKind): string {
  return `${capital(tagOf(group))}${capital(version)}`;
}

function tagOf(group: string): string {
  const parts = group === '' ? ['core'] : group.replace(/\.k8s\.io$/, '').split('.');
  return parts.map((part, i) => (i === 0 ? part : capital(part))).join('');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
