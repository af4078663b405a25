/**
 * `s`: the builders of the kind-definition DSL. Each is a value that never changes; methods return a new one.
 *
 * @example
 * const spec = s.object({
 *   gitRepo: s.string().format('uri'),
 *   replicas: s.integer().min(0).default(1),
 *   host: s.string().optional(),
 * });
 */
import type { JsonValue } from '@kindred/machinery';
import type { JSONSchemaProps, ValidationRule } from '../structural/json-schema-props.ts';
import type {
  Anything,
  ArrayField,
  Condition,
  Field,
  Fields,
  InputField,
  InputFields,
  MapField,
  NumberField,
  ObjectField,
  ObservedField,
  ObservedFields,
  Presence,
  SimpleField,
  StringField,
} from './field.ts';

/** Field names of list elements that may be keys: none unless the elements are objects. */
type KeyOf<E extends Field> = Extract<keyof NonNullable<ObservedField<E>>, string>;

export const s = {
  string: (): StringField => build({ type: 'string' }, 'required'),
  /** A whole number, 64 bits wide in Kubernetes. */
  integer: (): NumberField => build({ type: 'integer' }, 'required'),
  number: (): NumberField => build({ type: 'number' }, 'required'),
  boolean: (): SimpleField<boolean> => build({ type: 'boolean' }, 'required'),
  /** One of these texts. */
  enum: <const V extends readonly [string, ...string[]]>(...values: V): SimpleField<V[number]> =>
    build({ type: 'string', enum: values }, 'required'),
  object: <F extends Fields>(fields: F): ObjectField<ObservedFields<F>, InputFields<F>> =>
    build(objectProps(fields), 'required'),
  array: <E extends Field>(element: E): ArrayField<ObservedField<E>[], InputField<E>[], KeyOf<E>> =>
    build({ type: 'array', items: element.props }, 'required'),
  /** Any names, each with a value of this schema. */
  map: <E extends Field>(value: E): MapField<Record<string, ObservedField<E>>, Record<string, InputField<E>>> =>
    build({ type: 'object', additionalProperties: value.props }, 'required'),
  /** `5` or `"20%"`. */
  intOrString: (): SimpleField<number | string> => build({ 'x-kubernetes-int-or-string': true }, 'required'),
  /** Any JSON, kept as it comes. */
  any: (): SimpleField<Anything> => build({ 'x-kubernetes-preserve-unknown-fields': true }, 'required'),
  /** `status.conditions` with these types; entries are told apart by type. */
  conditions: <const T extends string>(
    ..._types: readonly [T, ...T[]]
  ): ArrayField<Condition<T>[], Condition<T>[], 'type'> => build(conditionsProps, 'required'),
};

const conditionsProps: JSONSchemaProps = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  items: {
    type: 'object',
    required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
    properties: {
      type: { type: 'string', description: 'Aspect of the object that the condition speaks of.', maxLength: 316 },
      status: { type: 'string', description: 'Whether it holds.', enum: ['True', 'False', 'Unknown'] },
      reason: { type: 'string', description: 'Why, in one CamelCase word.', minLength: 1, maxLength: 1024 },
      message: { type: 'string', description: 'Why, for people.', maxLength: 32768 },
      lastTransitionTime: { type: 'string', format: 'date-time', description: 'When status last changed.' },
      observedGeneration: {
        type: 'integer',
        format: 'int64',
        minimum: 0,
        description: 'The metadata.generation that the condition was computed from.',
      },
    },
  },
};

function objectProps(fields: Fields): JSONSchemaProps {
  const entries = Object.entries(fields);
  const required = entries.filter(([, field]) => field.presence === 'required').map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, field]) => [name, field.props])),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** All methods of all builders; which of them a field has is the business of its interface. */
interface Builder extends Field {
  optional(): Builder;
  default(value: JsonValue): Builder;
  nullable(): Builder;
  describe(text: string): Builder;
  rule(rule: string, message?: string): Builder;
  min(bound: number): Builder;
  max(bound: number): Builder;
  multipleOf(value: number): Builder;
  pattern(pattern: string): Builder;
  format(format: string): Builder;
  atomic(): Builder;
  preserveUnknownFields(): Builder;
  listType(type: string, keys?: readonly string[]): Builder;
}

/** The builder, typed as the caller declares it: the methods are the same for all, the interfaces narrow them. */
function build<F extends Field>(props: JSONSchemaProps, presence: Presence): F {
  return createBuilder(props, presence) as Field as F;
}

function createBuilder(props: JSONSchemaProps, presence: Presence): Builder {
  const withProps = (more: JSONSchemaProps, newPresence = presence) =>
    createBuilder({ ...props, ...more }, newPresence);
  return {
    props,
    presence,
    optional: () => withProps({}, 'optional'),
    default: (value) => withProps({ default: value }, 'defaulted'),
    nullable: () => withProps({ nullable: true }),
    describe: (description) => withProps({ description }),
    rule: (rule, message) => withProps({ 'x-kubernetes-validations': withRule(props, rule, message) }),
    min: (bound) => withProps({ [`min${boundSuffix(props)}`]: bound }),
    max: (bound) => withProps({ [`max${boundSuffix(props)}`]: bound }),
    multipleOf: (multipleOf) => withProps({ multipleOf }),
    pattern: (pattern) => withProps({ pattern }),
    format: (format) => withProps({ format }),
    atomic: () => withProps({ 'x-kubernetes-map-type': 'atomic' }),
    preserveUnknownFields: () => withProps({ 'x-kubernetes-preserve-unknown-fields': true }),
    listType: (type, keys) =>
      withProps({
        'x-kubernetes-list-type': type,
        ...(keys === undefined ? {} : { 'x-kubernetes-list-map-keys': keys }),
      }),
  };
}

function withRule(props: JSONSchemaProps, rule: string, message: string | undefined): ValidationRule[] {
  const earlier = props['x-kubernetes-validations'] ?? [];
  return [...earlier, message === undefined ? { rule } : { rule, message }];
}

/** `min` means the length of a string, the number of elements or members, or the value. */
function boundSuffix(props: JSONSchemaProps): string {
  if (props.type === 'string') return 'Length';
  if (props.type === 'array') return 'Items';
  return props.type === 'object' ? 'Properties' : 'imum';
}
