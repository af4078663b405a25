/** `--template` of commands that print something: a Go template with Go's own functions, without a chart's. */
import { builtinFunctions } from '../../functions/builtins.ts';
import { compareFunctions } from '../../functions/compare.ts';
import type { GoFunction, GoValue } from '../../go/value.ts';
import { executeTemplate } from '../../template/execute.ts';
import { DEFAULT_LIMITS, newBudget } from '../../template/limits.ts';
import { parseTemplates } from '../../template/parse.ts';

/**
 * Throws TemplateParseError and ExecutionError with Go's messages.
 *
 * @param more functions beside Go's own
 * @param name of the template, in messages
 */
export function runGoTemplate(
  source: string,
  data: GoValue,
  more: Readonly<Record<string, GoFunction>> = {},
  name = '_',
): string {
  const functions = new Map(Object.entries({ ...compareFunctions, ...builtinFunctions, ...more }));
  const templates = parseTemplates(name, source, (each) => functions.has(each));
  const main = templates.get(name);
  if (main === undefined) return '';
  return executeTemplate(main, data, {
    functions,
    lookUpTemplate: (each) => templates.get(each),
    budget: newBudget(DEFAULT_LIMITS),
  });
}
