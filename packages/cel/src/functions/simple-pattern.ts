/**
 * Regular expressions that mean the same in RE2 and in the built-in engine and have at most one unbounded repetition:
 * backtracking stays linear in the text, and the built-in engine is several times faster.
 */

/** Optional parts and alternatives multiply the paths that backtracking may try: few of them are allowed. */
const maxChoices = 6;

const plain = /^[A-Za-z0-9 _:;,<>=!@#%&~'"`/-]$/;
const escapable = /^[.\-/+*?()[\]{}^$|\\]$/;

/** The pattern in the built-in dialect (flag `u`), or undefined when it isn't certain to mean the same and be fast. */
export function translateSimplePattern(pattern: string): string | undefined {
  if (!pattern.startsWith('^')) return undefined;
  let out = '^';
  let unbounded = 0;
  let choices = 0;
  let depth = 0;
  let atom: 'none' | 'single' | 'group' = 'none';
  for (let i = 1; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === '\\') {
      const escape = translateEscape(pattern.charAt(++i));
      if (escape === undefined) return undefined;
      out += escape;
      atom = 'single';
    } else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      const set = end < 0 ? undefined : translateSet(pattern.slice(i + 1, end));
      if (set === undefined) return undefined;
      out += set;
      i = end;
      atom = 'single';
    } else if (char === '(') {
      if (pattern.startsWith('(?', i) && !pattern.startsWith('(?:', i)) return undefined;
      if (pattern.startsWith('(?:', i)) i += 2;
      out += '(?:';
      depth++;
      atom = 'none';
    } else if (char === ')') {
      if (--depth < 0) return undefined;
      out += ')';
      atom = 'group';
    } else if (char === '|') {
      if (depth === 0 || ++choices > maxChoices) return undefined;
      out += '|';
      atom = 'none';
    } else if (char === '*' || char === '+') {
      if (atom !== 'single' || ++unbounded > 1) return undefined;
      out += char;
      atom = 'none';
    } else if (char === '?') {
      if (atom === 'none' || ++choices > maxChoices) return undefined;
      out += '?';
      atom = 'none';
    } else if (char === '$') {
      if (i !== pattern.length - 1 || depth !== 0) return undefined;
      out += '$';
    } else if (plain.test(char)) {
      out += char;
      atom = 'single';
    } else {
      return undefined;
    }
  }
  return depth === 0 ? out : undefined;
}

function translateEscape(char: string): string | undefined {
  if (char === 'd' || char === 'w') return char === 'd' ? '[0-9]' : '[0-9A-Za-z_]';
  if (char === '-') return '-';
  return escapable.test(char) ? `\\${char}` : undefined;
}

/** A character class of letters, digits, `-`, `_`, `.`, `/`, `:` and ranges of letters or digits. */
function translateSet(body: string): string | undefined {
  const negated = body.startsWith('^');
  const content = negated ? body.slice(1) : body;
  if (!/^[A-Za-z0-9_./:-]+$/.test(content)) return undefined;
  // Only ranges inside one alphabet are surely meant alike; a stray dash must be first or last.
  const withoutRanges = content.replace(/a-z|A-Z|0-9|a-f|A-F|1-9/g, '');
  if (withoutRanges.slice(1, -1).includes('-') || /[A-Za-z0-9]-[A-Za-z0-9]/.test(withoutRanges)) return undefined;
  const ranges = content.match(/a-z|A-Z|0-9|a-f|A-F|1-9/g) ?? [];
  const singles = withoutRanges.replace(/-/g, '').replace(/\//g, '\\/');
  const dash = withoutRanges.includes('-') ? '\\-' : '';
  return `[${negated ? '^' : ''}${ranges.join('')}${singles}${dash}]`;
}
