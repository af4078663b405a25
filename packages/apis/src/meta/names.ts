/**
 * What names, labels and keys must look like: DNS labels and subdomains (RFC 1035, RFC 1123), qualified names, in the
 * words of `k8s.io/apimachinery/pkg/util/validation`. Each function returns what is wrong; empty means fine.
 */
export type NameRule = (name: string) => string[];

const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const qualifiedName = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const labelValue = `(${qualifiedName})?`;
const configMapKey = '[-._a-zA-Z0-9]+';
const environmentVariable = '[-._a-zA-Z][-._a-zA-Z0-9]*';
const portNameCharacters = /^[-a-z0-9]+$/;

const label1123Expression = whole(label1123);
const subdomain1123Expression = whole(subdomain1123);
const label1035Expression = whole(label1035);
const qualifiedNameExpression = whole(qualifiedName);
const labelValueExpression = whole(labelValue);
const configMapKeyExpression = whole(configMapKey);

/** At most 63 characters, lower case letters, digits, dashes. */
export function dns1123Label(value: string): string[] {
  const problems = tooLong(value, 63);
  if (!label1123Expression.test(value)) {
    problems.push(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
        `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label1123}')`,
    );
  }
  return problems;
}

/** Labels joined by dots, at most 253 characters. */
export function dns1123Subdomain(value: string): string[] {
  const problems = tooLong(value, 253);
  if (!subdomain1123Expression.test(value)) {
    problems.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
        `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain1123}')`,
    );
  }
  return problems;
}

/** As a DNS-1123 label, but starting with a letter: names of Services. */
export function dns1035Label(value: string): string[] {
  const problems = tooLong(value, 63);
  if (!label1035Expression.test(value)) {
    problems.push(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
        `and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
    );
  }
  return problems;
}

/** `example.com/my-key` or `my-key`: keys of labels and annotations, names of finalizers. */
export function isQualifiedName(value: string): string[] {
  const parts = value.split('/');
  if (parts.length > 2) {
    return [
      `a qualified name ${qualifiedNameText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ];
  }
  const problems: string[] = [];
  const name = parts[parts.length - 1] ?? '';
  const prefix = parts.length === 2 ? parts[0] : undefined;
  if (prefix === '') problems.push('prefix part must be non-empty');
  else if (prefix !== undefined) problems.push(...dns1123Subdomain(prefix).map((problem) => `prefix part ${problem}`));
  if (name === '') problems.push('name part must be non-empty');
  else problems.push(...tooLong(name, 63).map((problem) => `name part ${problem}`));
  if (!qualifiedNameExpression.test(name)) problems.push(`name part ${qualifiedNameText}`);
  return problems;
}

const qualifiedNameText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedName}')`;

/** Empty, or at most 63 characters like a qualified name's name. */
export function isLabelValue(value: string): string[] {
  const problems = tooLong(value, 63);
  if (!labelValueExpression.test(value)) {
    problems.push(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
        "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
        `'${labelValue}')`,
    );
  }
  return problems;
}

/** A name that is one segment of a URL path: RBAC objects, CSI names. */
export function pathSegmentName(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`];
  return ['/', '%'].filter((illegal) => value.includes(illegal)).map((illegal) => `may not contain '${illegal}'`);
}

/** Key of a ConfigMap or Secret. */
export function isConfigMapKey(value: string): string[] {
  const problems = tooLong(value, 253);
  if (!configMapKeyExpression.test(value)) {
    problems.push(
      "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or " +
        `'key-name', regex used for validation is '${configMapKey}')`,
    );
  }
  if (value === '.') problems.push("must not be '.'");
  else if (value === '..') problems.push("must not be '..'");
  else if (value.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** Name of an environment variable: printable ASCII without `=`, not starting with a digit under the strict rule. */
export function isEnvironmentVariableName(value: string): string[] {
  const problems: string[] = [];
  if (!/^[ -<>-~]+$/.test(value)) {
    problems.push(
      "a valid environment variable name must consist only of printable ASCII characters other than '=' " +
        `(e.g. 'my.env-name', or 'MY_ENV.NAME', or 'MyEnvName1', regex used for validation is '${environmentVariable}')`,
    );
  }
  return problems;
}

/** Name of a port: at most 15 lower case letters, digits and dashes with a letter among them. */
export function isPortName(value: string): string[] {
  const problems: string[] = [];
  if (value.length > 15) problems.push('must be no more than 15 bytes');
  if (!portNameCharacters.test(value)) {
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  }
  if (!/[a-z]/.test(value)) problems.push('must contain at least one letter (a-z)');
  if (value.includes('--')) problems.push('must not contain consecutive hyphens');
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** Number of a port: 1 to 65535. */
export function isPortNumber(value: number): string[] {
  return value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive'];
}

function whole(expression: string): RegExp {
  return new RegExp(`^${expression}$`);
}

function tooLong(value: string, maximum: number): string[] {
  return value.length > maximum ? [`must be no more than ${maximum} bytes`] : [];
}
