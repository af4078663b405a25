/** The block of flags in help texts, laid out as pflag does. */
import { durationText } from '../../go/duration-text.ts';
import { quote } from '../../go/quote.ts';
import { bareValue, type Flag } from './flag.ts';
import { defaultValue } from './flag-values.ts';

/** One line for each flag that is shown, sorted by name. */
export function flagUsages(flags: readonly Flag[]): string {
  const shown = flags
    .filter((flag) => flag.hidden !== true && flag.deprecated === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const heads = shown.map(head);
  const width = Math.max(0, ...heads.map((text) => text.length));
  return shown
    .map((flag, index) => `${(heads[index] ?? '').padEnd(width)}   ${flag.usage}${defaultNote(flag)}\n`)
    .join('');
}

function head(flag: Flag): string {
  const type = typeName(flag);
  const bare = bareValue(flag);
  const names = flag.short === undefined ? `      --${flag.name}` : `  -${flag.short}, --${flag.name}`;
  return `${names}${type === '' ? '' : ` ${type}`}${bare === undefined ? '' : bareNote(flag, bare)}`;
}

function typeName(flag: Flag): string {
  if (flag.typeName !== undefined) return flag.typeName;
  return flag.kind === 'bool' ? '' : flag.kind;
}

function bareNote(flag: Flag, bare: string): string {
  if (flag.kind === 'bool') return bare === 'true' ? '' : `[=${bare}]`;
  return flag.typeName === undefined ? `[=${quote(bare)}]` : `[=${bare}]`;
}

function defaultNote(flag: Flag): string {
  const value = defaultText(flag);
  return value === undefined ? '' : ` (default ${value})`;
}

/** Undefined for what goes without saying. */
function defaultText(flag: Flag): string | undefined {
  switch (flag.kind) {
    case 'bool':
      return flag.default === true ? 'true' : undefined;
    case 'string':
      if (flag.default === undefined || flag.default === '') return undefined;
      return flag.typeName === undefined ? quote(flag.default) : flag.default;
    case 'int':
    case 'float32':
      return flag.default === undefined || flag.default === 0 ? undefined : String(flag.default);
    case 'duration':
      return flag.default === undefined || flag.default === 0
        ? undefined
        : durationText(BigInt(Math.round(flag.default * 1e6)));
    case 'stringArray':
    case 'strings': {
      const items = defaultValue(flag);
      return Array.isArray(items) && items.length > 0 ? `[${items.join(',')}]` : flag.typeName && '[]';
    }
    case 'stringToString':
      return '[]';
  }
}
