/** What a registry asks for when it answers 401: the header WWW-Authenticate (RFC 9110), basic or bearer (RFC 6750). */
export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string; readonly scope: string };

/** Undefined for a scheme that isn't known. */
export function parseChallenge(header: string): Challenge | undefined {
  const scheme = /^\s*([A-Za-z]+)/.exec(header)?.[1]?.toLowerCase();
  if (scheme === 'basic') return { scheme };
  if (scheme !== 'bearer') return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, bare] of header.matchAll(/([A-Za-z_]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g)) {
    parameters.set(name.toLowerCase(), (quoted ?? bare ?? '').replace(/\\(.)/g, '$1'));
  }
  const realm = parameters.get('realm');
  if (realm === undefined || realm === '') return undefined;
  return { scheme, realm, service: parameters.get('service') ?? '', scope: parameters.get('scope') ?? '' };
}
