/**
 * DNS labels and subdomains (RFC 1035, RFC 1123) with the texts of `k8s.io/apimachinery/pkg/util/validation`.
 *
 * Each function returns what is wrong, one sentence an entry; an empty list means the name is fine.
 */
const label1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const label1123 = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain1123 = `${label1123}(\\.${label1123})*`;

const label1035RegExp = new RegExp(`^${label1035}$`);
const subdomain1123RegExp = new RegExp(`^${subdomain1123}$`);

/** Lower case letters, digits and dashes; starts with a letter; at most 63 characters. */
export function isDns1035Label(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 63) errors.push('must be no more than 63 bytes');
  if (!label1035RegExp.test(value)) {
    errors.push(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
        `and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${label1035}')`,
    );
  }
  return errors;
}

/** Labels joined by dots; at most 253 characters. */
export function isDns1123Subdomain(value: string): string[] {
  const errors: string[] = [];
  if (value.length > 253) errors.push('must be no more than 253 bytes');
  if (!subdomain1123RegExp.test(value)) {
    errors.push(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
        `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain1123}')`,
    );
  }
  return errors;
}
