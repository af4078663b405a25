/**
 * How others verify service-account tokens: `/.well-known/openid-configuration` names the issuer and its keys,
 * `/openid/v1/jwks` has the keys ("Service account issuer discovery", Kubernetes documentation; OpenID Connect Discovery).
 */
import { encodeJson } from '@kindred/machinery';
import type { RouteHandler } from '../../routes/routes.ts';
import type { TokenIssuer } from './token-issuer.ts';

const configurationPath = '/.well-known/openid-configuration';
const keysPath = '/openid/v1/jwks';

/** For `ApiServerOptions.routes`. */
export function issuerDiscoveryRoutes(issuer: TokenIssuer): Readonly<Record<string, RouteHandler>> {
  const configuration = {
    issuer: issuer.issuer,
    jwks_uri: `${issuer.issuer}${keysPath}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
  };
  return {
    [configurationPath]: fixedDocument('application/json', configuration),
    [keysPath]: fixedDocument('application/jwk-set+json', issuer.keySet()),
  };
}

function fixedDocument(type: string, value: unknown): RouteHandler {
  const body = encodeJson(value);
  return () => ({ status: 200, headers: { 'content-type': type, 'cache-control': 'public, max-age=3600' }, body });
}
