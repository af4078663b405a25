/**
 * The `Accept` header: which encoding and which representation of an object the client wants (RFC 9110 section 12.5.1;
 * "Alternate representations of resources", Kubernetes documentation).
 *
 * `application/json;as=Table;v=v1;g=meta.k8s.io` asks for a Table. Encodings that this server doesn't write (protobuf) are
 * passed over, so the next one that the client accepts is taken.
 */

export interface MediaRange {
  /** Lower case: `application/json`, `application/*`, `*` + `/*`. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly quality: number;
}

/** `object` is the kind as it is. */
export type Representation = 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';

export interface Negotiated {
  readonly encoding: 'json' | 'yaml';
  readonly representation: Representation;
  /** Version of meta.k8s.io of a Table or PartialObjectMetadata: v1 or v1beta1. */
  readonly version: string;
}

const plainJson: Negotiated = { encoding: 'json', representation: 'object', version: 'v1' };
const representations = new Set<string>(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);

/** Splits the header; best first, in order of appearance among equals. */
export function parseAccept(header: string): MediaRange[] {
  const ranges: MediaRange[] = [];
  for (const part of header.split(',')) {
    const [rawType = '', ...rawParameters] = part.split(';');
    const type = rawType.trim().toLowerCase();
    if (type === '') continue;
    const parameters: Record<string, string> = {};
    for (const parameter of rawParameters) {
      const equals = parameter.indexOf('=');
      if (equals < 0) continue;
      const value = parameter.slice(equals + 1).trim();
      parameters[parameter.slice(0, equals).trim().toLowerCase()] = value.replace(/^"(.*)"$/, '$1');
    }
    const quality = Number(parameters['q'] ?? '1');
    ranges.push({ type, parameters, quality: Number.isFinite(quality) ? quality : 0 });
  }
  return ranges.filter((range) => range.quality > 0).sort((a, b) => b.quality - a.quality);
}

/**
 * Chooses the answer's encoding and representation. No header means plain JSON.
 *
 * @returns undefined when nothing that the client accepts can be served (406).
 */
export function negotiate(header: string | undefined): Negotiated | undefined {
  if (header === undefined || header === '' || header === 'application/json' || header === '*/*') return plainJson;
  for (const range of parseAccept(header)) {
    const encoding = encodingOf(range.type);
    if (encoding === undefined) continue;
    const as = range.parameters['as'];
    if (as === undefined) return { encoding, representation: 'object', version: 'v1' };
    const version = range.parameters['v'] ?? 'v1';
    if (!isRepresentation(as) || range.parameters['g'] !== 'meta.k8s.io') continue;
    if (version !== 'v1' && version !== 'v1beta1') continue;
    return { encoding, representation: as, version };
  }
  return undefined;
}

/** Media types that can be answered, as the 406 message lists them. */
export const acceptedMediaTypes: readonly string[] = ['application/json', 'application/yaml'];

function isRepresentation(as: string): as is Representation {
  return representations.has(as);
}

function encodingOf(type: string): 'json' | 'yaml' | undefined {
  if (type === 'application/json' || type === '*/*' || type === 'application/*') return 'json';
  if (type === 'application/yaml') return 'yaml';
  return undefined;
}
