export type { RawAnswer } from '@kindred/apiserver';
export type {
  Call,
  CallBase,
  CreateCall,
  DeleteCall,
  ListCall,
  NamedCall,
  Narrowed,
  UpdateCall,
  WatchCall,
  WriteCall,
} from './call.ts';
export type { ApiServerDefinition, ApiServerDefinitionOptions } from './define-api-server.ts';
export { defineApiServer } from './define-api-server.ts';
export type { ApiServerRunnableOptions } from './serving/api-server-runnable.ts';
export { apiServer } from './serving/api-server-runnable.ts';
export type { AdmitCall, Conversion, StorageVersion, StoredOptions, StoredResource } from './stored-resource.ts';
export { storageVersion, stored } from './stored-resource.ts';
export type {
  ListAnswer,
  ServedEvent,
  Subresource,
  SubresourceAnswer,
  SubresourceCall,
  SubresourceOptions,
  TableOptions,
  VirtualHandlers,
  VirtualOptions,
  VirtualResource,
} from './virtual-resource.ts';
export { subresource, virtual } from './virtual-resource.ts';
