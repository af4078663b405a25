/**
 * `pattern`: regular expressions in RE2's syntax, unanchored, matched in linear time whatever the pattern says.
 */
import { compileRegex } from '@kindred/cel';

/** A matcher for the pattern, compiled on first use. An invalid pattern matches everything; see `patternError`. */
export function compilePattern(pattern: string): (text: string) => boolean {
  let matcher: ((text: string) => boolean) | undefined;
  return (text) => {
    matcher ??= createMatcher(pattern);
    return matcher(text);
  };
}

function createMatcher(pattern: string): (text: string) => boolean {
  const regex = compileRegex(pattern);
  // A pattern that does not compile is reported when the definition is validated; here it must not reject every object.
  return 'error' in regex ? () => true : (text) => regex.test(text);
}

/** Why a pattern isn't valid RE2, or undefined when it is. */
export function patternError(pattern: string): string | undefined {
  const regex = compileRegex(pattern);
  return 'error' in regex ? regex.error : undefined;
}
