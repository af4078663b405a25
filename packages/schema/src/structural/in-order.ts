/**
 * Whether a value is in order: known to its schema, complete and valid, so that pruning, defaulting and validation would
 * all leave it as it is. One walk without paths and without memory answers that, and for nearly every object the answer
 * is yes. Where it isn't, `prune`, `applyDefaults` and `validateValue` look closely: what they find is what counts.
 */
import { type FieldError, isJsonObject, type JsonObject } from '@kindred/machinery';
import { enumError, sizeErrors, stringErrors } from './keyword-errors.ts';
import { listTypeErrors } from './list-types.ts';
import { numberErrors } from './numbers.ts';
import { childOf, type LazySchema, type StructuralSchema } from './structural-schema.ts';

// Types of values, as bits: what a node takes is asked for each value of each object.
const text = 1;
const integer = 2;
const fraction = 4;
const boolean = 8;
const list = 16;
const map = 32;

/** What one node asks of a value. All plans are made by `makePlan`: of one shape they are read several times faster. */
interface Plan {
  /** Types that it may have; 0 for schemas that only a close look can answer for. */
  readonly takes: number;
  /**
   * A value within these bounds keeps all rules: a text's or list's length, a map's size, a number. NaN for both when that
   * takes a closer look.
   */
  readonly least: number;
  readonly most: number;
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

interface Bounds {
  readonly least: number;
  readonly most: number;
}

const unbounded: Bounds = { least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY };
const lookClosely: Bounds = { least: Number.NaN, most: Number.NaN };

const noMembers: ReadonlyMap<string, Member> = new Map();

interface Parts {
  readonly schema?: StructuralSchema;
  readonly members?: ReadonlyMap<string, Member>;
  readonly others?: Member | undefined;
}

function makePlan(takes: number, { least, most }: Bounds, { schema, members = noMembers, others }: Parts = {}): Plan {
  const inTurn = [...members.values()];
  return { takes, least, most, schema, members, inTurn, others, due: inTurn.filter(({ isDue }) => isDue).length };
}

/** Of members that are unknown beyond their presence nothing but scalars is left alone. */
const anyScalar = makePlan(text | integer | fraction | boolean, unbounded);
const close = makePlan(0, unbounded);
/** An object that may hold what it likes. */
const openObject = makePlan(map, unbounded);

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
  if (plan.takes !== map || plan.others !== undefined || constrains) return close;
  const members = new Map(plan.members);
  for (const name of ['apiVersion', 'kind']) {
    if (!members.has(name))
      members.set(name, { name, turn: members.size, schema: anything, isDue: false, plan: anyScalar });
  }
  const isDue = plan.members.get('metadata')?.isDue === true;
  const turn = plan.members.get('metadata')?.turn ?? members.size;
  members.set('metadata', { name: 'metadata', turn, schema: anything, isDue, plan: openObject });
  return makePlan(map, plan, { schema, members });
}

const anything: LazySchema = { source: undefined, compiled: undefined };

function isPlainObject(schema: StructuralSchema | undefined): boolean {
  if (schema === undefined) return false;
  const { takes, least, most, members, others } = planOf(schema);
  const isBounded = least !== unbounded.least || most !== unbounded.most;
  return takes === map && !isBounded && members.size === 0 && others === undefined;
}

function planOf(schema: StructuralSchema): Plan {
  const { types, hasJunctions, embeddedResource } = schema;
  const [type = ''] = types;
  if (hasJunctions || embeddedResource) return close;
  if (types.length === 2) return schema.constrained ? close : makePlan(text | integer, unbounded);
  switch (type) {
    case 'object':
      return objectPlan(schema);
    case 'array':
      return listPlan(schema);
    case 'string':
      return makePlan(text, boundsOfText(schema), { schema });
    case 'integer':
      return makePlan(integer, boundsOfNumber(schema), { schema });
    case 'number':
      return makePlan(integer | fraction, boundsOfNumber(schema), { schema });
    case 'boolean':
      return makePlan(boolean, schema.constrained ? lookClosely : unbounded, { schema });
    default:
      return close;
  }
}

/** A text has at most as many characters as it has units of UTF-16, and at least half as many. */
function boundsOfText({ constrained, source }: StructuralSchema): Bounds {
  if (!constrained) return unbounded;
  const { enum: allowed, pattern, format, minLength, maxLength } = source;
  if (allowed !== undefined || pattern !== undefined || format !== undefined) return lookClosely;
  return boundsFrom(minLength === undefined ? undefined : 2 * Number(minLength) - 1, maxLength);
}

/** Every integer is constrained by its width; that of 64 bits holds all that numbers of JavaScript hold exactly. */
function boundsOfNumber({ constrained, source }: StructuralSchema): Bounds {
  if (!constrained) return unbounded;
  const { type, enum: allowed, format, minimum, maximum, multipleOf, exclusiveMinimum, exclusiveMaximum } = source;
  const isExclusive = exclusiveMinimum === true || exclusiveMaximum === true;
  if (allowed !== undefined || multipleOf !== undefined || isExclusive) return lookClosely;
  if (type !== 'integer') return format === undefined ? boundsFrom(minimum, maximum) : lookClosely;
  const widest = format === 'int32' ? 2 ** 31 - 1 : Number.MAX_SAFE_INTEGER;
  const { least, most } = boundsFrom(minimum, maximum);
  return { least: Math.max(least, -widest), most: Math.min(most, widest) };
}

/** Bounds beyond what a number holds exactly may come as bigints: these are left to the close look. */
function boundsFrom(least: number | bigint | undefined, most: number | bigint | undefined): Bounds {
  if (typeof least === 'bigint' || typeof most === 'bigint') return lookClosely;
  return {
    least: least === undefined ? unbounded.least : least,
    most: most === undefined ? unbounded.most : most,
  };
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
  const others = schema.additional === undefined ? undefined : memberOfMany(schema.additional);
  return makePlan(map, boundsFrom(minProperties, maxProperties), { schema, members, others });
}

function listPlan(schema: StructuralSchema): Plan {
  const { items, listType, source } = schema;
  if (items === undefined) return close;
  const { minItems, maxItems, enum: allowed } = source;
  // Other keywords that constrain a list are not meant for one.
  if (schema.constrained && allowed === undefined) return close;
  const isCounted = listType === 'atomic' && allowed === undefined;
  return makePlan(list, isCounted ? boundsFrom(minItems, maxItems) : lookClosely, {
    schema,
    others: memberOfMany(items),
  });
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
  if (typeof value === 'string') return (plan.takes & text) !== 0 && keepsRules(plan, value, value.length);
  if (typeof value === 'number') {
    return (plan.takes & (Number.isInteger(value) ? integer : fraction)) !== 0 && keepsRules(plan, value, value);
  }
  if (typeof value === 'boolean') return (plan.takes & boolean) !== 0 && keepsRules(plan, value, 0);
  if (Array.isArray(value)) {
    return (plan.takes & list) !== 0 && elementsFit(plan, value) && keepsRules(plan, value, value.length);
  }
  return (plan.takes & map) !== 0 && isJsonObject(value) && (plan === openObject || membersFit(plan, value));
}

function membersFit({ members, inTurn, others, schema, due, least, most }: Plan, object: JsonObject): boolean {
  let missing = due;
  let turn = 0;
  let size = 0;
  // Objects of JSON inherit nothing that is enumerable.
  for (const name in object) {
    size++;
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
  return missing === 0 && size >= least && size <= most;
}

function elementsFit({ others }: Plan, elements: readonly unknown[]): boolean {
  if (others === undefined) return false;
  const plan = others.plan ?? planOfMember(others);
  for (const element of elements) if (!fits(plan, element)) return false;
  return true;
}

/** `measure` is what the plan's bounds are about. */
function keepsRules(plan: Plan, value: unknown, measure: number): boolean {
  return (measure >= plan.least && measure <= plan.most) || isValid(plan.schema, value);
}

function isValid(schema: StructuralSchema | undefined, value: unknown): boolean {
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
