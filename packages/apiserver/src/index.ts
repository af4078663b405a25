export type { KeyAndCertificate } from '@kindred/machinery/certificates';
export { defaultTolerationSeconds } from './admission/default-toleration-seconds.ts';
export type { AdmissionAttributes, AdmissionOperation, AdmissionPlugin } from './admission/plugin.ts';
export { priorityAdmission } from './admission/priority.ts';
export { rbacEscalationAdmission } from './admission/rbac-escalation.ts';
export type { ServiceAccountAdmissionOptions } from './admission/service-account.ts';
export { serviceAccountAdmission } from './admission/service-account.ts';
export type { ServiceAllocationOptions } from './admission/service-allocation.ts';
export { serviceAllocation } from './admission/service-allocation.ts';
export type { FrontProxy } from './aggregation/aggregation.ts';
export type { Authenticator } from './authentication/authenticator.ts';
export type { RequestHeaderSettings } from './authentication/request-header-authenticator.ts';
export { requestHeaderAuthenticator } from './authentication/request-header-authenticator.ts';
export { issuerDiscoveryRoutes } from './authentication/service-account/issuer-discovery.ts';
export { tokenObjectLookup } from './authentication/service-account/object-lookup.ts';
export { ServiceAccountTokenAuthenticator } from './authentication/service-account/token-authenticator.ts';
export { TokenIssuer } from './authentication/service-account/token-issuer.ts';
export type { UserInfo } from './authentication/user-info.ts';
export { anonymousUser } from './authentication/user-info.ts';
export { x509Authenticator } from './authentication/x509-authenticator.ts';
export type { AuthorizationAttributes, Authorizer, Decision } from './authorization/authorizer.ts';
export { alwaysAllow, unionAuthorizer } from './authorization/authorizer.ts';
export { RbacAuthorizer } from './authorization/rbac/rbac-authorizer.ts';
export { reconcileBootstrapPolicy } from './authorization/rbac/reconcile-bootstrap-policy.ts';
export { openStoredPolicy } from './authorization/rbac/stored-policy.ts';
export type { ReportFault } from './chain/error-response.ts';
export { statusResponse } from './chain/error-response.ts';
export type { Exchange } from './chain/exchange.ts';
export type { FlowControlLimits } from './chain/flow-control.ts';
export type { Handler } from './chain/handler-chain.ts';
export { customKind } from './crds/custom-kind.ts';
export type { HealthCheck, HealthEndpoint } from './health/health-checks.ts';
export { HealthChecks, textResponse } from './health/health-checks.ts';
export type { ListenErrorCode } from './http/listen-error.ts';
export { ListenError } from './http/listen-error.ts';
export type { ListenOptions, TlsMaterial } from './http/secure-server.ts';
export type { InProcessRequest, InProcessResponse, InProcessTransport } from './in-process/in-process-transport.ts';
export { valueResponse } from './negotiation/encode.ts';
export type { ClusterCertificateOptions, ClusterCertificates } from './pki/cluster-certificates.ts';
export { CertificateError, frontProxyName, loadClusterCertificates } from './pki/cluster-certificates.ts';
export type { ApiRequest, PeerCertificate } from './request/api-request.ts';
export type { ApiResponse, BodyWriter, StreamedBody } from './request/api-response.ts';
export type { DeleteOptions as DeleteRequestOptions } from './resources/delete-options.ts';
export type { ResourceHandler } from './resources/dispatch.ts';
export { namespaceTerminating } from './resources/namespace-check.ts';
export { ResourceRegistry } from './resources/registry.ts';
export type { ResourceRequest, ServedRequest } from './resources/resource-request.ts';
export type { ServedKind } from './resources/served-kind.ts';
export type { ServedResource } from './resources/served-resource.ts';
export type { ReviewHandler, SubresourceHandler } from './resources/subresources/subresource-handler.ts';
export type { WriteOptions as WriteRequestOptions } from './resources/write-options.ts';
export { accessReviews } from './reviews/access-reviews.ts';
export { authenticationReviews } from './reviews/authentication-reviews.ts';
export type { RouteHandler } from './routes/routes.ts';
export type { ApiServer, ApiServerOptions, ServedResourceOptions } from './server.ts';
export { createApiServer } from './server.ts';
export type { ApiStorageOptions } from './storage/api-storage.ts';
export { openApiStorage } from './storage/api-storage.ts';
export type {
  ApiStorage,
  ListRange,
  ResourceList,
  ResourceStorage,
  ResourceWatch,
  ResourceWatchHandler,
  ResourceWatchRequest,
  WriteOptions,
} from './storage/resource-storage.ts';
export type { Selection } from './storage/selection.ts';
export type { StoredObject } from './storage/stored-object.ts';
export type { BookmarkEvent, ObjectEvent, WatchEvent } from './storage/watch-event.ts';
export { NodeConnections } from './subresources/node-connections.ts';
export { nodeProxy } from './subresources/node-proxy.ts';
export { podLog } from './subresources/pod-log.ts';
export { serviceAccountToken } from './subresources/service-account-token.ts';
export type { VirtualSubresources } from './virtual/virtual-resource.ts';
export { subresourceDefinitions, verbsOfSource, virtualResource } from './virtual/virtual-resource.ts';
export type {
  ListWish,
  SourceEvent,
  SourceList,
  SourceObject,
  SourceWrite,
  VirtualSource,
  WatchWish,
} from './virtual/virtual-source.ts';
export type {
  RawAnswer,
  SubresourceAnswer,
  SubresourceWrite,
  VirtualSubresource,
} from './virtual/virtual-subresource.ts';
export { answerSubresource } from './virtual/virtual-subresource.ts';
