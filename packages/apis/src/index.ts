export type { KindDefinition, SubresourceDefinition, TableColumn, Verb } from './kind-definition.ts';
