/**
 * Request info: what a request's method and path say about it, before anything is looked up. Authorization, flow control
 * and dispatch read it. Path forms: "API Concepts", Kubernetes documentation; legacy `/watch/` prefixes included.
 */
import type { ApiRequest } from './api-request.ts';

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

/** What is read of a request; its query is parsed only where it matters, and once. */
export type RequestLine = Pick<ApiRequest, 'method' | 'path' | 'rawQuery' | 'query'>;

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
export function parseRequestInfo(request: RequestLine): RequestInfo | undefined {
  const { method, path } = request;
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const segments = splitSegments(trimmed);
  if (segments === undefined) return undefined;
  const [prefix, first = '', second = ''] = segments;
  if (prefix === 'api' && segments.length >= 3) return resourceInfo(request, trimmed, segments, 2);
  if (prefix === 'apis' && segments.length >= 4) return resourceInfo(request, trimmed, segments, 3);
  return {
    isResourceRequest: false,
    verb: method.toLowerCase(),
    path: trimmed,
    group: prefix === 'apis' ? first : '',
    version: prefix === 'apis' ? second : prefix === 'api' ? first : '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    rest: none,
  };
}

/** By hand: `split` costs several times as much on the strings that HTTP/2 gives. */
function splitSegments(path: string): string[] | undefined {
  if (path === '/') return [];
  if (!path.startsWith('/')) return undefined;
  const escaped = path.includes('%');
  const segments: string[] = [];
  for (let from = 1; from <= path.length; ) {
    const slash = path.indexOf('/', from);
    const to = slash < 0 ? path.length : slash;
    const raw = path.slice(from, to);
    const segment = escaped ? decodeSegment(raw) : raw;
    if (segment === undefined || segment === '' || segment === '.' || segment === '..') return undefined;
    segments.push(segment);
    from = to + 1;
  }
  return segments;
}

function decodeSegment(segment: string): string | undefined {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** @param at where in `segments` the resource's part begins: behind the version, before which a named group stands */
function resourceInfo(request: RequestLine, path: string, segments: readonly string[], at: number): RequestInfo {
  const { method } = request;
  const group = at === 3 ? (segments[1] ?? '') : '';
  const version = segments[at - 1] ?? '';
  const legacyWatch = segments[at] === 'watch' && segments.length > at + 1;
  const start = legacyWatch ? at + 1 : at;
  const namespace = segments[start] === 'namespaces' ? namespaceAt(segments, start, group) : '';
  const from = namespace !== '' && !isNamespaceItself(segments, start, group) ? start + 2 : start;
  const named = segments[from + 1] ?? '';
  const verb = legacyWatch ? 'watch' : named === '' ? collectionVerb(request) : (verbsWithName[method] ?? '');
  return {
    isResourceRequest: true,
    verb,
    path,
    group,
    version,
    namespace,
    resource: segments[from] ?? '',
    subresource: segments[from + 2] ?? '',
    name: named === '' ? nameFromFieldSelector(verb, request) : named,
    rest: segments.length > from + 3 ? segments.slice(from + 3) : none,
  };
}

/** `namespaces/NAME` of a group has something in it; that of the core group may also be the Namespace alone. */
function namespaceAt(segments: readonly string[], start: number, group: string): string {
  return segments.length >= start + (group === '' ? 2 : 3) ? (segments[start + 1] ?? '') : '';
}

function isNamespaceItself(segments: readonly string[], start: number, group: string): boolean {
  if (group !== '') return false;
  return segments.length === start + 2 || namespaceSubresources.has(segments[start + 2] ?? '');
}

function collectionVerb(request: RequestLine): string {
  const { method } = request;
  if (method === 'DELETE') return 'deletecollection';
  if (method !== 'GET' && method !== 'HEAD') return verbsWithName[method] ?? '';
  if (!request.rawQuery.includes('watch')) return 'list';
  const watch = request.query.get('watch');
  return watch === null || watch === 'false' || watch === '0' ? 'list' : 'watch';
}

/** `fieldSelector=metadata.name=X` names X, so that RBAC's resourceNames work for list and watch. */
function nameFromFieldSelector(verb: string, request: RequestLine): string {
  if (verb !== 'list' && verb !== 'watch' && verb !== 'deletecollection') return '';
  if (!request.rawQuery.includes('fieldSelector')) return '';
  const selector = request.query.get('fieldSelector') ?? '';
  for (const term of selector.split(',')) {
    const match = /^metadata\.name==?([^=!]+)$/.exec(term);
    if (match?.[1] !== undefined) return match[1];
  }
  return '';
}
