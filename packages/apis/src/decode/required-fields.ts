/** The least that validation does for kinds without rules of their own: fields that the table requires must be there. */
import { type FieldError, isJsonObject, required, type TypeInfo } from '@kindred/machinery';
import { typeTable } from '../type-table.ts';

/** One error for each required field that is absent below an object of this type; metadata and status are left out. */
export function requiredFieldErrors(typeName: string, object: object): FieldError[] {
  const errors: FieldError[] = [];
  const { fields = {} } = typeTable.get(typeName) ?? {};
  const own = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'metadata' && name !== 'status'));
  collect({ fields: own }, object, '', errors);
  return errors;
}

function collect({ fields = {} }: TypeInfo, object: object, path: string, errors: FieldError[]): void {
  const values = new Map<string, unknown>(Object.entries(object));
  for (const [name, field] of Object.entries(fields)) {
    const value = values.get(name);
    const at = path === '' ? name : `${path}.${name}`;
    if (value === undefined || value === null) {
      if (field.required && isSettable(field.type)) errors.push(required(at));
      continue;
    }
    const type = field.type.includes('.') ? typeTable.get(field.type) : undefined;
    if (type?.fields === undefined) continue;
    for (const [element, elementPath] of elementsOf(value, at, field.map === true)) {
      if (isJsonObject(element)) collect(type, element, elementPath, errors);
    }
  }
}

/** Numbers and flags that are absent mean zero and false. */
function isSettable(type: string): boolean {
  return type !== 'integer' && type !== 'boolean' && type !== 'number';
}

function elementsOf(value: unknown, path: string, isMap: boolean): [unknown, string][] {
  if (Array.isArray(value)) return value.map((element, index) => [element, `${path}[${index}]`]);
  if (isMap && isJsonObject(value)) return Object.entries(value).map(([key, member]) => [member, `${path}[${key}]`]);
  return [[value, path]];
}
