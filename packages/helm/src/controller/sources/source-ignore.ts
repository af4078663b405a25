/**
 * Which files of a source count: rules in the form of .gitignore (git documentation, gitignore), from `.sourceignore` files
 * and from the source's object, over what Flux leaves out unless told otherwise. The last rule that matches decides; what is
 * in an excluded directory is excluded with it.
 */

export interface SourceFile {
  readonly name: string;
  readonly data: Uint8Array;
}

export interface IgnoreSettings {
  /** Rules of the object; they come last, and take the place of the defaults. */
  readonly rules?: string;
  /** Whether what Flux leaves out by default is left out. */
  readonly defaults: boolean;
}

/** One rule; `domain` is the directory that it is for. */
interface Rule {
  readonly domain: readonly string[];
  readonly negated: boolean;
  readonly directoriesOnly: boolean;
  readonly segments: readonly string[];
}

const VERSION_CONTROL = ['.git/', '.gitignore', '.gitmodules', '.gitattributes'];
const DEFAULTS = [
  '*.jpg *.jpeg *.gif *.png *.wmv *.flv *.tar.gz *.zip',
  '.github/ .circleci/ .travis.yml .gitlab-ci.yml appveyor.yml .drone.yml cloudbuild.yaml',
  'codeship-services.yml codeship-steps.yml **/.goreleaser.yml **/.sops.yaml **/.flux.yaml',
].flatMap((line) => line.split(' '));

export const IGNORE_FILE = '.sourceignore';

/**
 * The files that are left. Names are relative to the top of the source; `.sourceignore` files are found among them, those of
 * directories above are given.
 */
export function withoutIgnored<File extends SourceFile>(
  files: readonly File[],
  settings: IgnoreSettings,
  above: readonly SourceFile[] = [],
): File[] {
  const { rules, defaults } = settings;
  const found = [...above, ...files].filter(({ name }) => name === IGNORE_FILE || name.endsWith(`/${IGNORE_FILE}`));
  const own = found
    .sort((a, b) => a.name.split('/').length - b.name.split('/').length)
    .flatMap(({ name, data }) => parse(Buffer.from(data).toString(), name.split('/').slice(0, -1)));
  const base = defaults ? [...VERSION_CONTROL, ...(rules === undefined ? DEFAULTS : [])] : [];
  const all = [...parse(base.join('\n'), []), ...own, ...parse(rules ?? '', [])];
  if (all.length === 0) return [...files];
  return files.filter(({ name }) => !isIgnored(name.split('/'), all));
}

function isIgnored(path: readonly string[], rules: readonly Rule[]): boolean {
  for (let length = 1; length <= path.length; length++) {
    const part = path.slice(0, length);
    const last = rules.findLast((rule) => matches(rule, part, length < path.length));
    if (last !== undefined && !last.negated) return true;
  }
  return false;
}

function parse(text: string, domain: readonly string[]): Rule[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const trimmed = line.replace(/(?<!\\) +$/, '');
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const negated = trimmed.startsWith('!');
    const pattern = negated ? trimmed.slice(1) : trimmed;
    const directoriesOnly = pattern.endsWith('/');
    const bare = directoriesOnly ? pattern.slice(0, -1) : pattern;
    const names = bare.replace(/^\//, '').split('/');
    const segments = names.map((name) => (/^\*{2,}$/.test(name) ? '**' : name));
    // Without a slash inside, a name counts at any depth.
    return [{ domain, negated, directoriesOnly, segments: bare.includes('/') ? segments : ['**', ...segments] }];
  });
}

function matches({ domain, directoriesOnly, segments }: Rule, path: readonly string[], isDirectory: boolean): boolean {
  if (directoriesOnly && !isDirectory) return false;
  if (path.length <= domain.length || domain.some((name, at) => path[at] !== name)) return false;
  return matchSegments(segments, path.slice(domain.length));
}

/** Stars that cross directories are tried from the last one on only, so that no pattern takes long. */
function matchSegments(pattern: readonly string[], path: readonly string[]): boolean {
  let [at, next] = [0, 0];
  let star: { readonly at: number; next: number } | undefined;
  while (next < path.length) {
    const segment = pattern[at];
    if (segment === '**') {
      if (at === pattern.length - 1) return true;
      star = { at: ++at, next };
    } else if (segment !== undefined && matchName(segment, path[next] ?? '')) {
      at++;
      next++;
    } else {
      if (star === undefined) return false;
      star = { at: star.at, next: star.next + 1 };
      [at, next] = [star.at, star.next];
    }
  }
  return at === pattern.length;
}

/** `*`, `?`, `[a-z]` and `\` within a name; stars are tried from the last one on only. */
function matchName(pattern: string, name: string): boolean {
  const parts = partsOf(pattern);
  let [at, next] = [0, 0];
  let star: { readonly at: number; readonly next: number } | undefined;
  while (next < name.length) {
    const part = parts[at];
    if (part === '*') star = { at: ++at, next };
    else if (part !== undefined && part(name[next] ?? '')) [at, next] = [at + 1, next + 1];
    else {
      if (star === undefined) return false;
      star = { at: star.at, next: star.next + 1 };
      [at, next] = [star.at, star.next];
    }
  }
  while (parts[at] === '*') at++;
  return at === parts.length;
}

type NamePart = '*' | ((character: string) => boolean);

function partsOf(pattern: string): NamePart[] {
  const parts: NamePart[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const each = pattern[at] ?? '';
    const end = each === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (each === '*') parts.push('*');
    else if (each === '?') parts.push(() => true);
    else if (end > 0) {
      parts.push(classTest(pattern.slice(at + 1, end)));
      at = end;
    } else {
      const literal = each === '\\' ? (pattern[++at] ?? '') : each;
      parts.push((character) => character === literal);
    }
  }
  return parts;
}

function classTest(body: string): (character: string) => boolean {
  const negated = body.startsWith('!') || body.startsWith('^');
  const list = negated ? body.slice(1) : body;
  return (character) => inClass(list, character) !== negated;
}

function inClass(list: string, character: string): boolean {
  for (let at = 0; at < list.length; at++) {
    const [low = '', dash, high] = list.slice(at, at + 3);
    if (dash === '-' && high !== undefined) {
      if (low <= character && character <= high) return true;
      at += 2;
    } else if (low === character) return true;
  }
  return false;
}
