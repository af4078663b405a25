export type { KindDefinition, SubresourceDefinition, TableColumn, Verb } from './kind-definition.ts';
export { mergeSchemaOf } from './merge-schema.ts';
export { typeTable } from './type-table.ts';
