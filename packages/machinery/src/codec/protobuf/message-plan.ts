/**
 * A type of the table turned around for the codec: what each protobuf field number stands for.
 */
import type { FieldInfo, TypeTable } from '../../types/type-table.ts';
import { DecodeError } from '../decode-error.ts';

export type PlannedField =
  | MemberField
  /** A nested message whose fields belong to the same JSON object. */
  | { readonly inlined: string; readonly n: number };

/** An ordinary field; `typeName` is the type that it is in. */
export interface MemberField {
  readonly name: string;
  readonly typeName: string;
  readonly info: FieldInfo;
  readonly n: number;
}

export type MessagePlan = ReadonlyMap<number, PlannedField>;

const plansOfTable = new WeakMap<TypeTable, Map<string, MessagePlan>>();

/** The plan of a type, in the order of field numbers. Throws DecodeError when the table doesn't know the type. */
export function messagePlan(table: TypeTable, typeName: string): MessagePlan {
  let plans = plansOfTable.get(table);
  if (plans === undefined) plansOfTable.set(table, (plans = new Map()));
  let plan = plans.get(typeName);
  if (plan === undefined) plans.set(typeName, (plan = makePlan(table, typeName)));
  return plan;
}

function makePlan(table: TypeTable, typeName: string): MessagePlan {
  const type = table.get(typeName);
  if (type === undefined) throw new DecodeError(`no type ${typeName} is known`);
  const fields: PlannedField[] = (type.inlined ?? []).map((member) => ({ inlined: member.type, n: member.n }));
  for (const [name, info] of Object.entries(type.fields ?? {})) {
    if (info.n !== undefined) fields.push({ name, typeName, info, n: info.n });
  }
  return new Map(fields.toSorted((a, b) => a.n - b.n).map((field) => [field.n, field]));
}

/** The type that an envelope names. Throws DecodeError in upstream's words when there is none. */
export function typeNameOfObject(table: TypeTable, apiVersion: string, kind: string): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  const typeName = table.typeNameOf({ group, version, kind });
  if (typeName !== undefined) return typeName;
  // Options may come in the group of a custom resource, which no table knows.
  const fallback = `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}`;
  if (kind.endsWith('Options') && table.get(fallback) !== undefined) return fallback;
  throw new DecodeError(`no kind "${kind}" is registered for version "${apiVersion}" in protobuf`);
}
