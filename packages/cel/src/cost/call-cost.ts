/**
 * What calls cost beyond one unit, from the sizes of their operands (cel-go's and Kubernetes' cost models).
 *
 * The same formulas serve at run time with actual sizes and before it with the least and the greatest possible ones:
 * each grows with its operands.
 */
export type CallCost = (sizes: readonly number[]) => number;

const perCharacter = 0.1;
const perPatternCharacter = 0.25;

const traverse =
  (operand: number, times = 1): CallCost =>
  (sizes) =>
    up((sizes[operand] ?? 1) * times * perCharacter);
const elements: CallCost = ([size = 1]) => Math.max(size, 1);
const regex: CallCost = ([text = 1, pattern = 1]) => up((1 + text) * perCharacter) * up(pattern * perPatternCharacter);
const both: CallCost = ([a = 1, b = 1]) => up((a + b) * perCharacter);
const lesser: CallCost = ([a = 1, b = 1]) => up(Math.min(a, b) * perCharacter);
const product: CallCost = ([a = 1, b = 1]) => Math.max(a * b, 1);

function up(value: number): number {
  return Math.max(Math.ceil(value), 1);
}

const byOverload: ReadonlyMap<string, CallCost> = new Map([
  ['starts_with_string', traverse(1)],
  ['ends_with_string', traverse(1)],
  ['in_list', ([, list = 1]) => Math.max(list, 1)],
  ['equals', lesser],
  ['not_equals', lesser],
  ['add_string', both],
  ['add_bytes', both],
  ['matches', regex],
  ['matches_string', regex],
  ['contains_string', ([text = 1, part = 1]) => up(text * perCharacter) * up(part * perCharacter)],
  ...['less', 'less_equals', 'greater', 'greater_equals'].flatMap((id): [string, CallCost][] => [
    [`${id}_string`, lesser],
    [`${id}_bytes`, lesser],
  ]),
]);

const byFunction: ReadonlyMap<string, CallCost> = new Map([
  ['isSorted', elements],
  ['sum', elements],
  ['min', elements],
  ['max', elements],
  ['flatten', elements],
  ['distinct', product],
  ['sort', elements],
  ['reverse', elements],
  ['slice', elements],
  ['indexOf', elements],
  ['lastIndexOf', elements],
  ['lists.@sortByAssociatedKeys', elements],
  ['math.@max', elements],
  ['math.@min', elements],
  ['lowerAscii', traverse(0)],
  ['upperAscii', traverse(0)],
  ['substring', traverse(0)],
  ['trim', traverse(0)],
  ['charAt', traverse(0)],
  ['strings.quote', traverse(0, 2)],
  ['replace', traverse(0, 2)],
  ['split', traverse(0, 2)],
  ['join', elements],
  ['format', traverse(0, 2)],
  ['find', regex],
  ['findAll', regex],
  ['url', traverse(0)],
  ['isURL', traverse(0)],
  ['ip', traverse(0)],
  ['isIP', traverse(0)],
  ['ip.isCanonical', traverse(0)],
  ['cidr', traverse(0)],
  ['isCIDR', traverse(0)],
  ['quantity', traverse(0)],
  ['isQuantity', traverse(0)],
  ['semver', traverse(0)],
  ['isSemver', traverse(0)],
  ['validate', traverse(1)],
  ['base64.encode', traverse(0)],
  ['base64.decode', traverse(0)],
  ['sets.contains', product],
  ['sets.intersects', product],
  ['sets.equivalent', (sizes) => 2 * product(sizes)],
]);

/** The formula for a call; undefined when it costs one unit. */
export function callCost(overload: string, functionName: string): CallCost | undefined {
  return byOverload.get(overload) ?? byFunction.get(functionName);
}
