/** What is wrong with a value: a tree of messages, and its text as helm prints it. */
import { quoted } from './json-value.ts';
import { pointerText } from './pointer.ts';

export interface Failure {
  /** Where in the values. */
  readonly path: readonly string[];
  readonly message: string;
  /** Groups and references to schemas with one cause show only their causes. */
  readonly role: 'plain' | 'group' | 'reference' | 'root';
  readonly causes: readonly Failure[];
}

export function failureText(failure: Failure): string {
  return lines(failure, 0).join('\n');
}

function lines(failure: Failure, depth: number): string[] {
  const isHidden = failure.role === 'reference' && failure.causes.length === 1;
  const own = failure.role === 'root' ? failure.message : `at ${quoted(pointerText(failure.path))}: ${failure.message}`;
  const indent = depth === 0 ? '' : `${'  '.repeat(depth - 1)}- `;
  const causes = failure.causes.flatMap((cause) => lines(cause, isHidden ? depth : depth + 1));
  return isHidden ? causes : [indent + own, ...causes];
}

/** The messages with their places, without the groups and references around them; alternatives stay together. */
export function problemsOf({ path, message, role, causes }: Failure): { path: readonly string[]; message: string }[] {
  if (role !== 'plain' && causes.length > 0) return causes.flatMap(problemsOf);
  const inner = causes.flatMap(problemsOf).map((cause) => cause.message);
  return [{ path, message: inner.length === 0 ? message : `${message} (${inner.join('; ')})` }];
}
