export type { AdmissionAttributes, AdmissionOperation, AdmissionPlugin } from './admission/plugin.ts';
export type { Authenticator } from './authentication/authenticator.ts';
export type { UserInfo } from './authentication/user-info.ts';
export { anonymousUser } from './authentication/user-info.ts';
export type { AuthorizationAttributes, Authorizer, Decision } from './authorization/authorizer.ts';
export { alwaysAllow, unionAuthorizer } from './authorization/authorizer.ts';
export type { ApiRequest, PeerCertificate } from './request/api-request.ts';
export type { ApiResponse, BodyWriter, StreamedBody } from './request/api-response.ts';
