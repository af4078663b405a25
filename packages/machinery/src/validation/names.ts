/**
 * Rules for names, keys and values, each a function that gives the list of what is wrong, in the words of
 * `k8s.io/apimachinery/pkg/util/validation`. An empty list means that the text is fine.
 */
import { isIP } from 'node:net';

export type NameCheck = (text: string) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const LABEL_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = `(${QUALIFIED})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';

const LABEL_REGEX = whole(LABEL);
const LABEL_1035_REGEX = whole(LABEL_1035);
const SUBDOMAIN_REGEX = whole(SUBDOMAIN);
const QUALIFIED_REGEX = whole(QUALIFIED);
const PREFIXED_REGEX = whole(`${SUBDOMAIN}/${QUALIFIED}`);
const CONFIG_KEY_REGEX = whole(CONFIG_KEY);

const LABEL_TEXT = regexMessage(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  'my-name',
  '123-abc',
);
const LABEL_1035_TEXT = regexMessage(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  LABEL_1035,
  'my-name',
  'abc-123',
);
const SUBDOMAIN_TEXT = regexMessage(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  'example.com',
);
const QUALIFIED_TEXT = regexMessage(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED,
  'MyName',
  'my.name',
  '123-abc',
);
const LABEL_VALUE_TEXT = regexMessage(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
);
const CONFIG_KEY_TEXT = regexMessage(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  CONFIG_KEY,
  'key.name',
  'KEY_NAME',
  'key-name',
);

function whole(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`);
}

function regexMessage(message: string, pattern: string, ...examples: string[]): string {
  const list = examples.map((example) => `'${example}', `).join(' or ');
  return `${message} (e.g. ${list}regex used for validation is '${pattern}')`;
}

/** At most 63 characters of a DNS label: names of namespaces, containers, volumes. */
export function checkDnsLabel(text: string): string[] {
  if (text.length <= 63 && LABEL_REGEX.test(text)) return [];
  return [...checkLength(text, 63), ...(LABEL_REGEX.test(text) ? [] : [LABEL_TEXT])];
}

/** A DNS label that begins with a letter: names of Services. */
export function checkDns1035Label(text: string): string[] {
  return [...checkLength(text, 63), ...(LABEL_1035_REGEX.test(text) ? [] : [LABEL_1035_TEXT])];
}

/** DNS labels joined by dots, 253 characters at most: names of most objects. */
export function checkDnsSubdomain(text: string): string[] {
  if (text.length > 253) return checkLength(text, 253);
  return SUBDOMAIN_REGEX.test(text) ? [] : [SUBDOMAIN_TEXT];
}

/** `name` or `prefix.example.com/name`: label and annotation keys, finalizers. */
export function checkQualifiedName(text: string): string[] {
  // Short enough for either part: nearly all keys are.
  if (text.length <= 63 && (QUALIFIED_REGEX.test(text) || PREFIXED_REGEX.test(text))) return [];
  const parts = text.split('/');
  const [first = '', second] = parts;
  if (parts.length > 2) {
    return [
      `a qualified name ${QUALIFIED_TEXT} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  if (second === undefined) return checkNamePart(first);
  const prefix = first === '' ? ['must be non-empty'] : checkDnsSubdomain(first);
  return [...prefix.map((message) => `prefix part ${message}`), ...checkNamePart(second)];
}

function checkNamePart(name: string): string[] {
  const messages = name === '' ? ['must be non-empty'] : checkLength(name, 63);
  if (!QUALIFIED_REGEX.test(name)) messages.push(QUALIFIED_TEXT);
  return messages.map((message) => `name part ${message}`);
}

/** At most 63 characters, or nothing. */
export function checkLabelValue(text: string): string[] {
  const fits = text === '' || QUALIFIED_REGEX.test(text);
  if (fits && text.length <= 63) return [];
  return [...checkLength(text, 63), ...(fits ? [] : [LABEL_VALUE_TEXT])];
}

/** Names of ports: 15 characters with a letter among them. */
export function checkPortName(text: string): string[] {
  const messages = checkLength(text, 15);
  if (!/^[-a-z0-9]+$/.test(text))
    messages.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) messages.push('must contain at least one letter (a-z)');
  if (text.includes('--')) messages.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) messages.push('must not begin or end with a hyphen');
  return messages;
}

/** Ports of the Internet protocols. */
export function checkPortNumber(port: number): string[] {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

/** Keys of ConfigMaps and Secrets, which become file names. */
export function checkConfigKey(text: string): string[] {
  const messages = checkLength(text, 253);
  if (!CONFIG_KEY_REGEX.test(text)) messages.push(CONFIG_KEY_TEXT);
  if (text === '.') messages.push("must not be '.'");
  else if (text === '..') messages.push("must not be '..'");
  else if (text.startsWith('..')) messages.push("must not start with '..'");
  return messages;
}

/** Names of environment variables: printable ASCII without `=`. */
export function checkEnvironmentName(text: string): string[] {
  if (text === '') return ['environment variable name must be non-empty'];
  if (/^[ -<>-~]+$/.test(text)) return [];
  return ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** Names that only have to fit into a URL path: roles and bindings. */
export function checkPathSegment(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%']
    .filter((character) => text.includes(character))
    .map((character) => `may not contain '${character}'`);
}

/** IPv4 or IPv6. */
export function checkIpAddress(text: string): string[] {
  return isIP(text) === 0 ? ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'] : [];
}

function checkLength(text: string, max: number): string[] {
  return Buffer.byteLength(text) > max ? [`must be no more than ${max} bytes`] : [];
}
