export type { AdmissionAttributes, AdmissionOperation, AdmissionPlugin } from './admission/plugin.ts';
export type { Authenticator } from './authentication/authenticator.ts';
export type { UserInfo } from './authentication/user-info.ts';
export { anonymousUser } from './authentication/user-info.ts';
export type { AuthorizationAttributes, Authorizer, Decision } from './authorization/authorizer.ts';
export { alwaysAllow, unionAuthorizer } from './authorization/authorizer.ts';
export type { ApiRequest, PeerCertificate } from './request/api-request.ts';
export type { ApiResponse, BodyWriter, StreamedBody } from './request/api-response.ts';
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
