/**
 * Request info: what a request's method and path say about it, before anything is looked up. Authorization, flow control
 * and dispatch read it. Path forms: "API Concepts", Kubernetes documentation; legacy `/watch/` prefixes included.
 */
import type { GroupVersion } from '@kindred/machinery';

export interface RequestInfo {
  /** True for `/api/v1/RES…` and `/apis/G/V/RES…`. */
  readonly isResourceRequest: boolean;
  /** get, list, watch, create, update, patch, delete, deletecollection; the lower-case method for other paths. */
  readonly verb: string;
  /** Without a trailing slash, percent-encoded; `/` itself stays. */
  readonly path: string;
  readonly group: string;
  readonly version: string;
  /** Empty when the path names none. */
  readonly namespace: string;
  readonly resource: string;
  readonly subresource: string;
  readonly name: string;
  /** Segments after the subresource (`pods/x/proxy/a/b` → a, b). */
  readonly rest: readonly string[];
}

const namespaceSubresources = new Set(['status', 'finalize']);
const verbsWithName: Readonly<Record<string, string>> = {
  GET: 'get',
  HEAD: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const none: readonly string[] = [];

/**
 * Reads method, path and query.
 *
 * @returns undefined when the path isn't well formed: a bad percent escape, an empty segment inside, `.` or `..`.
 */
export function parseRequestInfo(method: string, path: string, rawQuery: string): RequestInfo | undefined {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const segments = splitSegments(trimmed);
  if (segments === undefined) return undefined;
  const prefix = segments[0];
  if (prefix === 'api' && segments.length >= 3) {
    const groupVersion = { group: '', version: segments[1] ?? '' };
    return resourceInfo(method, trimmed, rawQuery, groupVersion, segments.slice(2));
  }
  if (prefix === 'apis' && segments.length >= 4) {
    const groupVersion = { group: segments[1] ?? '', version: segments[2] ?? '' };
    return resourceInfo(method, trimmed, rawQuery, groupVersion, segments.slice(3));
  }
  return {
    isResourceRequest: false,
    verb: method.toLowerCase(),
    path: trimmed,
    group: prefix === 'apis' ? (segments[1] ?? '') : '',
    version: (prefix === 'apis' ? segments[2] : prefix === 'api' ? segments[1] : undefined) ?? '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: none,
  };
}

function splitSegments(path: string): string[] | undefined {
  if (path === '/') return [];
  if (!path.startsWith('/')) return undefined;
  const segments = path.slice(1).split('/');
  const escaped = path.includes('%');
  for (let index = 0; index < segments.length; index++) {
    let segment = segments[index] ?? '';
    if (escaped && segment.includes('%')) {
      const decoded = decodeSegment(segment);
      if (decoded === undefined) return undefined;
      segment = decoded;
      segments[index] = decoded;
    }
    if (segment === '' || segment === '.' || segment === '..') return undefined;
  }
  return segments;
}

function decodeSegment(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function resourceInfo(
  method: string,
  path: string,
  rawQuery: string,
  { group, version }: GroupVersion,
  parts: readonly string[],
): RequestInfo {
  const legacyWatch = parts[0] === 'watch' && parts.length > 1;
  const steps = legacyWatch ? parts.slice(1) : parts;
  let namespace = '';
  let rest = steps;
  if (steps[0] === 'namespaces' && group === '' && steps.length >= 2) {
    namespace = steps[1] ?? '';
    const isNamespaceItself = steps.length === 2 || namespaceSubresources.has(steps[2] ?? '');
    if (!isNamespaceItself) rest = steps.slice(2);
  } else if (steps[0] === 'namespaces' && steps.length >= 3) {
    namespace = steps[1] ?? '';
    rest = steps.slice(2);
  }
  const name = rest[1] ?? '';
  const info = {
    isResourceRequest: true,
    path,
    group,
    version,
    namespace,
    resource: rest[0] ?? '',
    subresource: rest[2] ?? '',
    rest: rest.length > 3 ? rest.slice(3) : none,
  };
  if (name !== '') return { ...info, name, verb: legacyWatch ? 'watch' : (verbsWithName[method] ?? '') };
  const verb = legacyWatch ? 'watch' : collectionVerb(method, rawQuery);
  return { ...info, name: nameFromFieldSelector(verb, rawQuery), verb };
}

function collectionVerb(method: string, rawQuery: string): string {
  if (method === 'DELETE') return 'deletecollection';
  if (method !== 'GET' && method !== 'HEAD') return verbsWithName[method] ?? '';
  if (!rawQuery.includes('watch')) return 'list';
  const watch = new URLSearchParams(rawQuery).get('watch');
  return watch === null || watch === 'false' || watch === '0' ? 'list' : 'watch';
}

/** `fieldSelector=metadata.name=X` names X, so that RBAC's resourceNames work for list and watch. */
function nameFromFieldSelector(verb: string, rawQuery: string): string {
  if (verb !== 'list' && verb !== 'watch' && verb !== 'deletecollection') return '';
  if (!rawQuery.includes('fieldSelector')) return '';
  const selector = new URLSearchParams(rawQuery).get('fieldSelector') ?? '';
  for (const term of selector.split(',')) {
    const match = /^metadata\.name==?([^=!]+)$/.exec(term);
    if (match?.[1] !== undefined) return match[1];
  }
  return '';
}
