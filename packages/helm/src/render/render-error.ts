/**
 * What the user of a chart is told when a template fails: first what helm 4 says, word for word, then what we know
 * beyond it (which value was nil, what it may have been meant to be).
 */
import { ChartMessage, FunctionError } from '../go/function-error.ts';
import { quote } from '../go/quote.ts';
import { type ErrorPlace, ExecutionError, locationText } from '../template/execution-error.ts';
import type { TemplateParseError } from '../template/parse-error.ts';
import type { ValuePath } from '../values/value-path.ts';

/** What is wrong with one file. */
export interface RenderProblem {
  readonly file: string;
  readonly message: string;
  readonly hints: readonly string[];
  /** From the file that was rendered to the innermost template, as far as they are known. */
  readonly places?: readonly ErrorPlace[];
  /** The value that a template asked for and that there isn't. */
  readonly missing?: ValuePath | undefined;
}

export class RenderError extends Error {
  override readonly name = 'RenderError';
  /** From the file that was rendered to the innermost template. */
  readonly places: readonly ErrorPlace[];
  readonly hints: readonly string[];
  /** Helm's part of the message. */
  readonly summary: string;
  /** The value that a template asked for and that there isn't. */
  readonly missing: ValuePath | undefined;
  /** What else is wrong, of which helm says nothing. */
  readonly others: readonly RenderProblem[];

  constructor(
    message: string,
    options: {
      cause?: unknown;
      places?: readonly ErrorPlace[];
      hints?: readonly string[];
      missing?: ValuePath | undefined;
      others?: readonly RenderProblem[];
    } = {},
  ) {
    const hints = options.hints ?? [];
    const others = options.others ?? [];
    super([message, ...hints.map(hintText), ...otherLines(others)].join('\n'), { cause: options.cause });
    this.summary = message;
    this.places = options.places ?? [];
    this.hints = hints;
    this.missing = options.missing;
    this.others = others;
  }
}

/** The same error, with more hints about the values that templates missed. */
export function withMissingHints(error: RenderError, hintsFor: (missing: ValuePath) => readonly string[]): RenderError {
  const more = ({ hints, missing }: Pick<RenderProblem, 'hints' | 'missing'>): string[] => [
    ...hints,
    ...(missing === undefined ? [] : hintsFor(missing)),
  ];
  return new RenderError(error.summary, {
    cause: error.cause,
    places: error.places,
    hints: more(error),
    missing: error.missing,
    others: error.others.map((problem) => ({ ...problem, hints: more(problem) })),
  });
}

/** Problems that are shown with all hints. */
const MAX_DETAILED = 5;

function hintText(hint: string): string {
  return `  hint: ${hint.replaceAll('\n', '\n    ')}`;
}

function otherLines(others: readonly RenderProblem[]): string[] {
  if (others.length === 0) return [];
  const details = others.map(({ message, hints }, at) => {
    const shown = at < MAX_DETAILED ? hints : [];
    return [message, ...shown.map((hint) => `  ${hint.replaceAll('\n', '\n    ')}`)]
      .join('\n')
      .replaceAll('\n', '\n    ');
  });
  const heading = others.length === 1 ? 'there is another problem:' : `there are ${others.length} more problems:`;
  return [`  hint: ${heading}`, ...details.map((detail) => `    ${detail}`)];
}

export function fromParseError(error: TemplateParseError): RenderError {
  // Helm keeps what follows the last colon.
  const reason = error.reason.split(': ').at(-1) ?? '';
  return new RenderError(`parse error at (${error.file}:${error.line}): ${reason}`, { cause: error });
}

export function fromExecutionError(error: ExecutionError): RenderError {
  const chain = executionErrors(error);
  const innermost = chain.at(-1) ?? error;
  const places = chain.map(({ place }) => place);
  const options = { cause: error, places, hints: innermost.hints };
  const spoken = chartMessage(error);
  if (spoken !== undefined)
    return new RenderError(`execution error at (${locationText(error.place)}): ${spoken}`, options);
  const missing = missingTemplate(innermost);
  if (missing !== undefined) return new RenderError([...chain.map(block), missing].join('\n'), options);
  // Helm only takes the chain apart when a template, not a function, failed at its end.
  if (innermost.cause !== undefined) return new RenderError(error.message, options);
  return new RenderError(chain.map(block).join('\n'), options);
}

/** The message about an included template that there isn't, which helm shows on a line of its own. */
function missingTemplate({ cause }: ExecutionError): string | undefined {
  const isMissing = cause instanceof FunctionError && cause.message.startsWith('template: no template ');
  return isMissing ? cause.message : undefined;
}

function executionErrors(error: ExecutionError): ExecutionError[] {
  const chain = [error];
  for (let cause = error.cause; cause instanceof ExecutionError; cause = cause.cause) chain.push(cause);
  return chain;
}

function chartMessage(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ChartMessage) return cause.message;
  }
  return undefined;
}

function block({ place, reason, cause }: ExecutionError): string {
  const own = cause instanceof Error ? reason.slice(0, -cause.message.length - 1) : reason;
  const where = `  executing ${quote(place.template)} at <${place.context}>:`;
  return `${locationText(place)}\n${where}\n    ${own}`;
}
