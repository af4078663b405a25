/**
 * Merge schemas of built-in types: what server-side apply and strategic merge patch must know of each field.
 */
import { type MergeSchema, mergeSchemasOf } from '@kindred/machinery';
import { typeTable } from './type-table.ts';

/** The merge schema of a type of the table, made once; a deduced one for a name that the table lacks. */
export const mergeSchemaOf: (typeName: string) => MergeSchema = mergeSchemasOf(typeTable);
