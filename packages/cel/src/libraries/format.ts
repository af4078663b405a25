/**
 * Named formats: `format.dns1123Label().validate(name)` gives none, or the messages that the API server has
 * (Kubernetes' format library).
 */
import {
  checkDns1035Label,
  checkDnsLabel,
  checkDnsSubdomain,
  checkLabelValue,
  checkQualifiedName,
} from '@kindred/machinery';
import { binary, constantCall, declare, member, params, unary } from '../functions/overload.ts';
import { types } from '../types/type.ts';
import { parseTimestamp } from '../values/time.ts';
import { list, noneValue, type OpaqueValue, optionalOf, type Result } from '../values/value.ts';
import type { Library } from './library.ts';

interface Format {
  readonly name: string;
  problems(text: string): readonly string[];
}

const typeName = 'kubernetes.NamedFormat';
const formatType = types.opaque(typeName);
const format = params.opaque<Format>(typeName);

/** Names may end in a dash where a suffix is added to them. */
function asPrefix(check: (text: string) => readonly string[]): (text: string) => readonly string[] {
  return (text) => check(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
const BYTE = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

function told(holds: (text: string) => boolean, message: string): (text: string) => readonly string[] {
  return (text) => (holds(text) ? [] : [message]);
}

const formats: readonly Format[] = [
  { name: 'dns1123Label', problems: checkDnsLabel },
  { name: 'dns1123Subdomain', problems: checkDnsSubdomain },
  { name: 'dns1035Label', problems: checkDns1035Label },
  { name: 'qualifiedName', problems: checkQualifiedName },
  { name: 'dns1123LabelPrefix', problems: asPrefix(checkDnsLabel) },
  { name: 'dns1123SubdomainPrefix', problems: asPrefix(checkDnsSubdomain) },
  { name: 'dns1035LabelPrefix', problems: asPrefix(checkDns1035Label) },
  { name: 'labelValue', problems: checkLabelValue },
  {
    name: 'uri',
    problems: told((text) => URL.canParse(text) || /^\/[^\s]*$/.test(text), 'invalid URI'),
  },
  { name: 'uuid', problems: told((text) => UUID.test(text), 'does not match the UUID format') },
  { name: 'byte', problems: told((text) => BYTE.test(text), 'invalid base64') },
  {
    name: 'date',
    problems: told((text) => parseTimestamp(`${text}T00:00:00Z`) !== undefined, 'invalid date'),
  },
  {
    name: 'datetime',
    problems: told((text) => parseTimestamp(text) !== undefined, 'invalid datetime'),
  },
];

const values = new Map(formats.map((value) => [value.name, valueOf(value)]));

export const formatLibrary: Library = {
  name: 'format',
  typeNames: new Map([[typeName, formatType]]),
  functions: [
    ...formats.map((each) => {
      const value = valueOf(each);
      return declare(
        `format.${each.name}`,
        constantCall(`format-${each.name}`, formatType, () => value),
      );
    }),
    declare('format.named', unary('format-named', params.string, types.optional(formatType), named)),
    declare(
      'validate',
      member(
        binary(
          'format-validate',
          format,
          params.string,
          types.optional(types.list(types.string)),
          ({ value }, text) => {
            const problems = value.problems(text);
            return problems.length === 0 ? noneValue : optionalOf(list(problems));
          },
        ),
      ),
    ),
  ],
};

function valueOf(value: Format): OpaqueValue<Format> {
  return { kind: 'opaque', typeName, value, equals: (other) => format.is(other) && other.value.name === value.name };
}

function named(name: string): Result {
  const found = values.get(name);
  return found === undefined ? noneValue : optionalOf(found);
}
