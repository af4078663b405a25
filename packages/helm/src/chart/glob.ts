/** The patterns of `.Files.Glob` (package gobwas/glob): `*` within a directory, `**` across them, `?`, `[a-z]`, `{a,b}`. */

/** A test for names; undefined when the pattern is broken. */
export function compileGlob(pattern: string): ((name: string) => boolean) | undefined {
  const source = translate(pattern);
  if (source === undefined) return undefined;
  const regex = new RegExp(`^(?:${source})$`, 'su');
  return (name) => regex.test(name);
}

function translate(pattern: string): string | undefined {
  let out = '';
  let braces = 0;
  for (let at = 0; at < pattern.length; ) {
    const each = pattern[at] ?? '';
    if (each === '*') {
      const isSuper = pattern[at + 1] === '*';
      // Several stars side by side could make the match take very long.
      while (pattern[at] === '*') at++;
      out += isSuper ? '.*' : '[^/]*';
      continue;
    }
    if (each === '[') {
      const list = readClass(pattern, at);
      if (list === undefined) return undefined;
      out += list.source;
      at = list.end;
      continue;
    }
    if (each === '\\') {
      at++;
      if (at >= pattern.length) return undefined;
      out += escape(pattern[at] ?? '');
    } else if (each === '?') out += '[^/]';
    else if (each === '{') {
      braces++;
      out += '(?:';
    } else if (each === '}' && braces > 0) {
      braces--;
      out += ')';
    } else if (each === ',' && braces > 0) out += '|';
    else out += escape(each);
    at++;
  }
  return braces === 0 ? out : undefined;
}

function readClass(pattern: string, start: number): { source: string; end: number } | undefined {
  const end = pattern.indexOf(']', start + 2);
  if (end < 0) return undefined;
  const body = pattern.slice(start + 1, end);
  const negated = body.startsWith('!') || body.startsWith('^');
  const list = (negated ? body.slice(1) : body).replace(/[\\\]^[&~]/g, '\\$&');
  return { source: `[${negated ? '^' : ''}${list}]`, end: end + 1 };
}

function escape(character: string): string {
  return character.replace(/[\\^$.|?*+()[\]{}/]/g, '\\$&');
}
