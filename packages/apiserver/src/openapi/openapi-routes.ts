/**
 * `/openapi/v2` and `/openapi/v3` ("The Kubernetes API: OpenAPI interface definition", Kubernetes documentation).
 */
import type { Routes } from '../routes/routes.ts';
import { DescribedGroupVersions, type OpenApiParts } from './described-group-versions.ts';
import { OpenApiV2Documents } from './openapi-v2-documents.ts';
import { OpenApiV3Documents } from './openapi-v3-documents.ts';

export interface OpenApiRouteParts extends OpenApiParts {
  /** Resolves in a later turn of the event loop. */
  readonly nextTurn: () => Promise<void>;
}

export function addOpenApiRoutes(routes: Routes, parts: OpenApiRouteParts): void {
  const described = new DescribedGroupVersions(parts);
  const v2 = new OpenApiV2Documents({ described, serverVersion: parts.serverVersion, nextTurn: parts.nextTurn });
  const v3 = new OpenApiV3Documents(described);
  routes.add('/openapi/v2', (exchange) => v2.document(exchange));
  routes.add('/openapi/v3', (exchange) => v3.index(exchange));
  routes.add('/openapi/v3/*', (exchange) => v3.document(exchange));
}
