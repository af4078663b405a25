/**
 * The functions of templates for a render that nobody must wait for, of a chart that may be hostile: they work on so much text
 * only, and what takes long to make, keys and certificates, is made once. Steps and output are limited by the engine.
 */
import { type FunctionProviders, functionTable } from '../functions/function-table.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, type GoValue, isInt, isMap, sliceItems } from '../go/value.ts';

/** What all calls of one render may read and make, in characters, items and members. */
const MAX_WORK = 256_000_000;
/** What one call may make of two arguments: a text repeated, indented, put between the items of a list. */
const MAX_PRODUCT = 64_000_000;
/** One result. */
const MAX_RESULT = 8_000_000;

/** Numbers that are given to these say how much is made. */
const COUNTING = /^(?:until|untilStep|seq|repeat|n?indent|wrap|wrapWith|rand(?:Alpha|AlphaNum|Numeric|Ascii|Bytes))$/;
const MAX_COUNT = 100_000;
/** These go through all that their arguments hold. */
const TRAVERSING =
  /^(?:mustD|d)eepCopy$|^(?:mustM|m)erge(?:Overwrite)?$|^(?:mustT|t)o\w*(?:Json|Yaml|Toml)\w*$|^(?:mustU|u)niq$|^(?:mustH|h)as$|^print(?:f|ln)?$|^s?quote$|^(?:toString|cat|deepEqual)$/;
/** Patterns look at each character several times. */
const PATTERN_COST = 20;

const SLOW = /^(?:gen(?:CA|SelfSignedCert|SignedCert)(?:WithKey)?|genPrivateKey|bcrypt|htpasswd|derivePassword)$/;

/** What slow functions gave, by provider and name. */
const remembered = new WeakMap<FunctionProviders, Map<string, GoValue>>();

/** For one render. */
export function boundedFunctions(providers: FunctionProviders): Readonly<Record<string, GoFunction>> {
  const results = remembered.get(providers) ?? new Map<string, GoValue>();
  remembered.set(providers, results);
  let work = 0;
  const spend = (amount: number): void => {
    work += amount;
    if (work > MAX_WORK) throw new FunctionError('the templates work on more text than is looked at in an editor');
  };
  const bounded = (name: string, called: GoFunction): GoFunction => {
    const isCounting = COUNTING.test(name);
    const isTraversing = TRAVERSING.test(name);
    const factor = name.includes('egex') ? PATTERN_COST : 1;
    return {
      ...called,
      run: (args) => {
        if (SLOW.test(name) && results.has(name)) return results.get(name);
        const sizes = args.map((each) => (isTraversing ? wholeSize(each) : sizeOf(each, isCounting)));
        spend(sizes.reduce((sum, size) => sum + size, 1) * factor);
        const [largest = 0, second = 0] = sizes.toSorted((a, b) => b - a);
        if (largest * second > MAX_PRODUCT) throw new FunctionError('more text than is made in an editor');
        const result = called.run(args);
        const size = sizeOf(result, false);
        if (size > MAX_RESULT) throw new FunctionError('more text than is made in an editor');
        spend(size);
        if (SLOW.test(name)) results.set(name, result);
        return result;
      },
    };
  };
  return Object.fromEntries([...functionTable(providers)].map(([name, called]) => [name, bounded(name, called)]));
}

function sizeOf(value: GoValue, isCount: boolean): number {
  if (typeof value === 'string') return value.length;
  if (isMap(value)) return value.size;
  if (isCount && isInt(value)) {
    const count = Math.abs(Number(value.value));
    if (count > MAX_COUNT) throw new FunctionError(`more than ${MAX_COUNT}: too many to be counted in an editor`);
    return count;
  }
  return sliceItems(value)?.length ?? 0;
}

/** Of all that is in it, as far as it matters. */
function wholeSize(value: GoValue): number {
  let size = 0;
  const visit = (each: GoValue): void => {
    size += 1 + sizeOf(each, false);
    if (size > MAX_RESULT) throw new FunctionError('more values than are looked at in an editor');
    const members = isMap(each) ? each.values() : (sliceItems(each) ?? []);
    for (const member of members) visit(member);
  };
  visit(value);
  return size;
}
