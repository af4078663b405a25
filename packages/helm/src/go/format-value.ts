/** One value under one verb of Go's fmt (the file print.go of that package): what `%d` of a list or `%#v` of a map gives. */
import { compareText } from './compare-text.ts';
import { durationText } from './duration-text.ts';
import {
  character,
  float,
  hexString,
  integer,
  pad,
  plainString,
  quotedCharacter,
  quotedString,
  type Spec,
  unicode,
} from './format-text.ts';
import { FunctionError } from './function-error.ts';
import {
  ANY_SLICE,
  type GoInt,
  type GoObject,
  type GoValue,
  isInt,
  isMap,
  isNilSlice,
  isObject,
  NilGoMap,
  sliceItems,
  typeName,
} from './value.ts';

interface State extends Spec {
  /** `%#v`: as Go's source has it. */
  readonly sharpV: boolean;
  /** `%+v`: with the names of fields. */
  readonly plusV: boolean;
  /** Inside of a note about a wrong verb; no other notes there. */
  readonly erroring: boolean;
  /** The argument, or the interface that is being written; what a note shows. */
  readonly shown: GoValue;
}

/** An argument under a directive. */
export function formatValue(value: GoValue, spec: Spec): string {
  // `%v` has forms of its own for these flags.
  const isV = spec.verb === 'v' || spec.verb === 'w';
  const own = isV ? { sharp: false, plus: false } : {};
  const state: State = {
    ...spec,
    ...own,
    sharpV: isV && spec.sharp,
    plusV: isV && spec.plus,
    erroring: false,
    shown: value,
  };
  if (value === null || value === undefined) {
    return spec.verb === 'v' || spec.verb === 'T' ? pad('<nil>', state) : bad(state);
  }
  if (spec.verb === 'T') return plainString(typeName(value), state);
  if (spec.verb === 'p') return bad(state);
  return formatArgument(value, state);
}

function formatArgument(value: NonNullable<GoValue>, state: State): string {
  const isSimple = typeof value !== 'object' || (isInt(value) && value.type !== 'time.Duration');
  if (!isSimple && typeName(value) === '[]uint8') return formatBytes(sliceItems(value) ?? [], state);
  return (isSimple ? undefined : byMethod(value, state)) ?? formatAny(value, state, 0);
}

/** `depth` is 0 for the argument itself and more for what it contains. */
function formatAny(value: NonNullable<GoValue>, state: State, depth: number): string {
  if (typeof value === 'string') return formatString(value, state);
  if (typeof value === 'number') return formatNumber(value, state);
  if (typeof value === 'boolean') return 'tv'.includes(state.verb) ? pad(String(value), state) : bad(state);
  if (isInt(value)) return formatInt(value, state);
  if (isMap(value)) return formatMap(value, state, depth);
  if (isObject(value)) return formatObject(value, state, depth);
  const items = sliceItems(value) ?? [];
  const type = Array.isArray(value) ? ANY_SLICE : value.type;
  if (type === '[]uint8' && 'sqxX'.includes(state.verb)) return formatBytes(items, state);
  const inner = items.map((item) => formatElement(item, type === ANY_SLICE, state, depth + 1));
  if (state.sharpV && isNilSlice(value)) return `${type}(nil)`;
  return bounded(state.sharpV ? `${type}{${inner.join(', ')}}` : `[${inner.join(' ')}]`);
}

/** Maps that hold others twice hold them a million times twenty levels further. */
const MAX_TEXT = 16 * 1024 * 1024;

function bounded(text: string): string {
  if (text.length > MAX_TEXT) throw new FunctionError(`a value of more than ${MAX_TEXT} characters can't be printed`);
  return text;
}

/** @param isInterface whether it may be of any type: then a note about the verb is about it alone */
function formatElement(value: GoValue, isInterface: boolean, state: State, depth: number): string {
  if (value === null || value === undefined) return state.sharpV && isInterface ? 'interface {}(nil)' : '<nil>';
  const inner = isInterface || !state.erroring ? { ...state, shown: value } : state;
  return byMethod(value, inner) ?? formatAny(value, inner, depth);
}

/** What String methods give; undefined for values and verbs without. */
function byMethod(value: NonNullable<GoValue>, state: State): string | undefined {
  if (state.erroring) return undefined;
  if (state.verb === 'w') return bad(state);
  if (state.sharpV || !'vsxXq'.includes(state.verb) || typeof value !== 'object') return undefined;
  if (isInt(value)) {
    return value.type === 'time.Duration' ? formatString(durationText(value.value), state) : undefined;
  }
  return isObject(value) && value.text !== undefined ? formatString(value.text(), state) : undefined;
}

/** `%!d(string=x)`: with the flags that the directive had. */
function bad(state: State): string {
  const { shown } = state;
  if (shown === null || shown === undefined) return `%!${state.verb}(<nil>)`;
  const inner = formatArgument(shown, { ...state, verb: 'v', erroring: true });
  return `%!${state.verb}(${typeName(shown)}=${inner})`;
}

function formatString(text: string, state: State): string {
  switch (state.verb) {
    case 'v':
      return state.sharpV ? quotedString(text, state) : plainString(text, state);
    case 's':
      return plainString(text, state);
    case 'q':
      return quotedString(text, state);
    case 'x':
    case 'X':
      return hexString(text, state);
    default:
      return bad(state);
  }
}

function formatBytes(items: readonly GoValue[], state: State): string {
  const bytes = items.map((item) => (item !== null && item !== undefined && isInt(item) ? item.value : 0n));
  if ('vd'.includes(state.verb)) {
    if (state.sharpV) return `[]byte{${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}}`;
    return `[${bytes.map((byte) => integer(byte, state)).join(' ')}]`;
  }
  if ('sqxX'.includes(state.verb)) return formatString(bytes.map(byteCharacter).join(''), state);
  return `[${bytes.map((byte) => formatInt({ type: 'uint8', value: byte } as GoInt, state)).join(' ')}]`;
}

function byteCharacter(value: bigint): string {
  const byte = Number(value);
  return byte < 0x80 ? String.fromCharCode(byte) : String.fromCharCode(0xdc80 + byte - 0x80);
}

function formatNumber(value: number, state: State): string {
  const { verb } = state;
  if (verb === 'v') return float(value, 'g', state);
  return 'bgGxXfFeE'.includes(verb) ? float(value, verb, state) : bad(state);
}

function formatInt(int: GoInt, state: State): string {
  const { verb } = state;
  if ('vdboOxX'.includes(verb)) {
    if (state.sharpV && int.type.startsWith('uint')) return `0x${int.value.toString(16)}`;
    return integer(int.value, state);
  }
  if (verb === 'c') return character(int.value, state);
  if (verb === 'q') return quotedCharacter(int.value, state);
  return verb === 'U' ? unicode(int.value, state) : bad(state);
}

function formatMap(map: ReadonlyMap<string, GoValue> & { readonly type: string }, state: State, depth: number): string {
  if (map instanceof NilGoMap && state.sharpV) return `${map.type}(nil)`;
  const isInterface = map.type.endsWith('interface {}');
  const members = sortedKeys(map).map((key) => {
    const name = formatElement(key, map.type.startsWith('map[interface {}]'), state, depth + 1);
    return `${name}:${formatElement(map.get(key), isInterface, state, depth + 1)}`;
  });
  return bounded(state.sharpV ? `${map.type}{${members.join(', ')}}` : `map[${members.join(' ')}]`);
}

function formatObject(value: GoObject, state: State, depth: number): string {
  const mark = value.kind === 'ptr' ? '&' : '';
  const names = state.sharpV || state.plusV;
  const members = [...value.fields].map(([name, field]) => {
    const text = formatElement(field, false, state, depth + 1);
    return names ? `${name}:${text}` : text;
  });
  const type = state.sharpV ? value.type.replace(/^\*/, '') : '';
  return `${mark}${type}{${members.join(state.sharpV ? ', ' : ' ')}}`;
}

/** The keys of a map in the order in which Go prints them. */
export function sortedKeys(map: ReadonlyMap<string, unknown>): string[] {
  return [...map.keys()].sort(compareText);
}
