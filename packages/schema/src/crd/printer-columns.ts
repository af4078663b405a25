/**
 * `additionalPrinterColumns`: what `kubectl get` shows of a custom resource. The first column is always the name; without
 * columns of its own a kind shows its age.
 */
import type { Unstructured } from '@kindred/machinery';
import type { AdditionalPrinterColumn } from './custom-resource-definition.ts';
import { humanDuration } from './human-duration.ts';
import { evaluateJsonPath, parseJsonPath } from './json-path.ts';

/** A column of the Table that the server sends. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly format: string;
  readonly description: string;
  readonly priority: number;
}

/** Columns and the function that makes a row's cells. */
export interface ColumnPrinter {
  readonly columns: readonly PrinterColumn[];
  /** One cell for each column; a missing value is null. `now` is in milliseconds since the epoch. */
  cells(object: Unstructured, now: number): unknown[];
}

const nameColumn: PrinterColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name must be unique within a namespace; it identifies the object and cannot be changed.',
  priority: 0,
};

const ageColumn: AdditionalPrinterColumn = {
  name: 'Age',
  type: 'date',
  description: 'When the object was created, as the time that has passed since.',
  jsonPath: '.metadata.creationTimestamp',
};

type Cell = (object: Unstructured, now: number) => unknown;

/** Compiles the columns of a version once; the printer is then used for every row. */
export function createColumnPrinter(columns: readonly AdditionalPrinterColumn[] | undefined): ColumnPrinter {
  const shown = columns === undefined || columns.length === 0 ? [ageColumn] : columns;
  const readers = shown.map(cellReader);
  return {
    columns: [nameColumn, ...shown.map(toPrinterColumn)],
    cells: (object, now) => [object.metadata.name ?? '', ...readers.map((read) => read(object, now))],
  };
}

function toPrinterColumn(column: AdditionalPrinterColumn): PrinterColumn {
  return {
    name: column.name,
    type: columnType(column.type),
    format: column.format ?? '',
    description: column.description ?? '',
    priority: column.priority ?? 0,
  };
}

function columnType(type: string): PrinterColumn['type'] {
  return type === 'integer' || type === 'number' || type === 'boolean' || type === 'date' ? type : 'string';
}

function cellReader(column: AdditionalPrinterColumn): Cell {
  const path = parseJsonPath(column.jsonPath);
  if (path === undefined) return () => null;
  return (object, now) => {
    const values = evaluateJsonPath(path, object);
    return values.length === 0 ? null : cellValue(column.type, values, now);
  };
}

function cellValue(type: string, values: readonly unknown[], now: number): unknown {
  const first = values[0];
  if (first === null || first === undefined) return null;
  switch (type) {
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : typeof first === 'bigint' ? first : null;
    case 'number':
      return typeof first === 'number' || typeof first === 'bigint' ? first : null;
    case 'boolean':
      return typeof first === 'boolean' ? first : null;
    case 'date':
      return typeof first === 'string' ? age(first, now) : null;
    default:
      return values.map(text).join(' ');
  }
}

function age(timestamp: string, now: number): string {
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? '<invalid>' : humanDuration(now - then);
}

/** Text as the server prints it: objects and lists as JSON. */
function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? Number(member) : member));
}
