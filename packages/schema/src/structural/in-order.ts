/**
 * Whether a value is in order: known to its schema, complete and valid, so that pruning, defaulting and validation would
 * all leave it as it is. One walk without paths and without memory answers that, and for nearly every object the answer
 * is yes. Where it isn't, `prune`, `applyDefaults` and `validateValue` look closely: what they find is what counts.
 */
import { type FieldError, isJsonObject, type JsonObject } from '@kindred/machinery';
import { enumError, objectSizeError, sizeErrors, stringErrors } from './keyword-errors.ts';
import { listTypeErrors } from './list-types.ts';
import { numberErrors } from './numbers.ts';
import { childOf, type LazySchema, type StructuralSchema } from './structural-schema.ts';

/** What one node asks of a value; `close` is for schemas that only a close look can answer for. */
type Kind = 'string' | 'integer' | 'number' | 'boolean' | 'integerOrString' | 'list' | 'object' | 'scalar' | 'close';

interface Plan {
  readonly kind: Kind;
  /** Nothing beyond its kind and its members is asked of the value. */
  readonly plain: boolean;
  readonly schema: StructuralSchema | undefined;
  readonly members: ReadonlyMap<string, Member>;
  /** The same in the schema's order, in which members often come: comparing a name costs less than looking it up. */
  readonly inTurn: readonly Member[];
  /** Members that no name is given for, or the elements of a list. */
  readonly others: Member | undefined;
  /** How many of the members have to be there: required ones, and those with a default. */
  readonly due: number;
}

interface Member {
  /** Empty for those that stand for many. */
  readonly name: string;
  /** Its place in the order of the schema. */
  readonly turn: number;
  readonly schema: LazySchema;
  readonly isDue: boolean;
  /** Made when a value first gets there: schemas may refer to themselves. */
  plan: Plan | undefined;
}

const noMembers: ReadonlyMap<string, Member> = new Map();
const simple = { plain: true, schema: undefined, members: noMembers, inTurn: [], others: undefined, due: 0 } as const;
/** Of members that are unknown beyond their presence nothing but scalars is left alone. */
const anyScalar: Plan = { ...simple, kind: 'scalar' };
const close: Plan = { ...simple, kind: 'close' };

const plans = new WeakMap<StructuralSchema, Plan>();

/**
 * True only when `prune`, `applyDefaults` and `validateValue` would change and find nothing in the resource. Of its
 * metadata nothing is looked at: whoever asks has seen to it that ObjectMeta knows all of it.
 */
export function isInOrder(schema: StructuralSchema, resource: JsonObject): boolean {
  let plan = plans.get(schema);
  if (plan === undefined) {
    plan = rootPlan(schema);
    plans.set(schema, plan);
  }
  return fits(plan, resource);
}

/** apiVersion, kind and metadata are there whether the schema names them or not. */
function rootPlan(schema: StructuralSchema): Plan {
  const plan = planOf(schema);
  const metadata = schema.properties.get('metadata');
  const constrains = metadata !== undefined && !isPlainObject(childOf(metadata));
  if (plan.kind !== 'object' || plan.others !== undefined || constrains) return close;
  const members = new Map(plan.members);
  for (const name of ['apiVersion', 'kind']) {
    if (!members.has(name))
      members.set(name, { name, turn: members.size, schema: anything, isDue: false, plan: anyScalar });
  }
  const isDue = plan.members.get('metadata')?.isDue === true;
  const turn = plan.members.get('metadata')?.turn ?? members.size;
  members.set('metadata', { name: 'metadata', turn, schema: anything, isDue, plan: openObject });
  return { ...plan, members, inTurn: [...members.values()] };
}

const anything: LazySchema = { source: undefined, compiled: undefined };
/** An object that may hold what it likes. */
const openObject: Plan = { ...simple, kind: 'object', schema: undefined };

function isPlainObject(schema: StructuralSchema | undefined): boolean {
  if (schema === undefined) return false;
  const plan = planOf(schema);
  return plan.kind === 'object' && plan.plain && plan.members.size === 0 && plan.others === undefined;
}

function planOf(schema: StructuralSchema): Plan {
  const { types, hasJunctions, embeddedResource } = schema;
  const [type = ''] = types;
  if (hasJunctions || embeddedResource) return close;
  if (type === 'object') return objectPlan(schema);
  if (type === 'array') return listPlan(schema);
  if (types.length === 2) return schema.constrained ? close : { ...simple, kind: 'integerOrString' };
  if (type !== 'string' && type !== 'integer' && type !== 'number' && type !== 'boolean') return close;
  return { ...simple, kind: type, plain: isPlainScalar(schema), schema };
}

/** Every integer is constrained by its width; that of 64 bits holds all that come as numbers of JavaScript. */
function isPlainScalar({ constrained, source }: StructuralSchema): boolean {
  if (!constrained) return true;
  const { type, enum: allowed, format = 'int64', maximum, minimum, multipleOf } = source;
  const unbounded = maximum === undefined && minimum === undefined && multipleOf === undefined;
  return type === 'integer' && unbounded && allowed === undefined && format === 'int64';
}

function objectPlan(schema: StructuralSchema): Plan {
  if (schema.constrained) return close;
  const required = new Set(schema.source.required);
  const defaulted = new Set(schema.defaulted.map(({ name }) => name));
  const members = new Map<string, Member>();
  for (const [name, child] of schema.properties) {
    const isDue = required.has(name) || defaulted.has(name);
    members.set(name, { name, turn: members.size, schema: child, isDue, plan: undefined });
    required.delete(name);
  }
  // A required member that has no property of its own would have to be looked for.
  if (required.size > 0) return close;
  const { minProperties, maxProperties } = schema.source;
  return {
    kind: 'object',
    plain: minProperties === undefined && maxProperties === undefined,
    schema,
    members,
    inTurn: [...members.values()],
    others: schema.additional === undefined ? undefined : memberOfMany(schema.additional),
    due: [...members.values()].filter(({ isDue }) => isDue).length,
  };
}

function listPlan(schema: StructuralSchema): Plan {
  const { items, listType, source } = schema;
  if (items === undefined) return close;
  const { minItems, maxItems, enum: allowed } = source;
  const plain = listType === 'atomic' && minItems === undefined && maxItems === undefined && allowed === undefined;
  // Other keywords that constrain a list are not meant for one.
  if (schema.constrained && allowed === undefined) return close;
  return { ...simple, kind: 'list', plain, schema, others: memberOfMany(items) };
}

function memberOfMany(schema: LazySchema): Member {
  return { name: '', turn: 0, schema, isDue: false, plan: undefined };
}

function planOfMember(member: Member): Plan {
  const child = childOf(member.schema);
  member.plan = child === undefined ? anyScalar : planOf(child);
  return member.plan;
}

function fits(plan: Plan, value: unknown): boolean {
  switch (plan.kind) {
    case 'string':
      return typeof value === 'string' && (plan.plain || keepsRules(plan, value));
    case 'integer':
      return Number.isInteger(value) && (plan.plain ? Number.isSafeInteger(value) : keepsRules(plan, value));
    case 'number':
      return typeof value === 'number' && (plan.plain || keepsRules(plan, value));
    case 'boolean':
      return typeof value === 'boolean' && (plan.plain || keepsRules(plan, value));
    case 'integerOrString':
      return typeof value === 'string' || Number.isInteger(value);
    case 'scalar':
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    case 'object':
      return isJsonObject(value) && (plan === openObject || membersFit(plan, value));
    case 'list':
      return Array.isArray(value) && elementsFit(plan, value) && (plan.plain || keepsRules(plan, value));
    case 'close':
      return false;
  }
}

function membersFit({ members, inTurn, others, schema, due, plain }: Plan, object: JsonObject): boolean {
  let missing = due;
  let turn = 0;
  // Objects of JSON inherit nothing that is enumerable.
  for (const name in object) {
    const next = inTurn[turn];
    const member = next?.name === name ? next : (members.get(name) ?? others);
    if (member === undefined) {
      if (schema?.preserveUnknownFields !== true) return false;
      continue;
    }
    if (!fits(member.plan ?? planOfMember(member), object[name])) return false;
    if (member !== others) turn = member.turn + 1;
    if (member.isDue) missing--;
  }
  return missing === 0 && (plain || schema === undefined || objectSizeError(schema.source, object, '') === undefined);
}

function elementsFit({ others }: Plan, list: readonly unknown[]): boolean {
  if (others === undefined) return false;
  const plan = others.plan ?? planOfMember(others);
  for (const element of list) if (!fits(plan, element)) return false;
  return true;
}

function keepsRules({ schema }: Plan, value: unknown): boolean {
  if (schema === undefined) return true;
  const errors: FieldError[] = [];
  enumError(schema, value, '', errors);
  if (typeof value === 'string') stringErrors(schema, value, '', errors);
  else if (typeof value === 'number') numberErrors(schema.source, value, '', errors);
  else if (Array.isArray(value)) {
    sizeErrors(schema.source, value, '', errors);
    listTypeErrors(schema, value, '', errors);
  }
  return errors.length === 0;
}
