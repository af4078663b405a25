/** Colors of helm's tables and texts: bold headers, namespaces, the status of a release. */
import type { CommandContext } from '../command.ts';

export interface Palette {
  header(text: string): string;
  namespace(text: string): string;
  status(status: string): string;
}

const plain = (text: string): string => text;
const PLAIN: Palette = { header: plain, namespace: plain, status: plain };

const paint =
  (code: number, end = 0) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[${end}m`;

const red = paint(31);
const green = paint(32);
const yellow = paint(33);

const COLORED: Palette = {
  header: paint(1, 22),
  namespace: paint(36),
  status: (status) => {
    if (status === 'deployed') return green(status);
    if (status === 'failed' || status === 'unknown') return red(status);
    return status.startsWith('pending-') || status === 'uninstalling' ? yellow(status) : status;
  },
};

/** As --color says; `auto` colors what goes to a terminal. */
export function palette({ settings, streams }: Pick<CommandContext, 'settings' | 'streams'>): Palette {
  const { color } = settings;
  return color === 'always' || (color === 'auto' && streams.output.isTerminal) ? COLORED : PLAIN;
}
