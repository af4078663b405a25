/** What helm would log while it puts values together: a message, in some cases with fields beside it. */
export type Warn = (message: string, fields?: Readonly<Record<string, string>>) => void;

/** Whether helm says it by Go's older logger, whose lines have the level of information. */
export function isPlainRemark(message: string): boolean {
  return message.startsWith('warning: ') || message.startsWith('Conflict: ');
}
