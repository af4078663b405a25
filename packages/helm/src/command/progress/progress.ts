/**
 * `--progress`: what happens while an operation runs, on stderr. `plain` writes lines for people once it takes longer than
 * a second or something fails, `json` one object a line from the start, for programs; `none` nothing.
 */
import type { ActionEvent } from '../../actions/action-event.ts';
import type { Flag } from '../flags/flag.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import type { Host } from '../host.ts';
import { eventData, eventText } from './event-text.ts';

type Outlet = Pick<Host, 'streams' | 'clock'>;

const MODES = ['plain', 'json', 'none'] as const;

export const progressFlag: Flag = {
  kind: 'string',
  name: 'progress',
  usage: 'what is told on stderr while it works: plain (after a second), json, or none',
  default: 'plain',
  choices: MODES,
  check: (value) =>
    MODES.some((mode) => mode === value) ? undefined : 'invalid progress mode. Valid modes are plain, json, and none',
};

export interface Progress {
  readonly report: (event: ActionEvent) => void;
  /** Nothing is written after this. */
  close(): void;
}

/** Operations that are done by then say nothing but their result. */
const PATIENCE = 1000;

export function startProgress(context: Outlet, flags: FlagValues): Progress {
  const mode = flags.text('progress');
  if (mode === 'none') return { report: () => undefined, close: () => undefined };
  return mode === 'json' ? jsonProgress(context) : plainProgress(context);
}

function jsonProgress({ streams, clock }: Outlet): Progress {
  return {
    report: (event) => {
      const data = eventData(event);
      if (data === undefined) return;
      const time = new Date(clock.now()).toISOString();
      streams.errors.write(`${JSON.stringify({ time, ...data })}\n`);
    },
    close: () => undefined,
  };
}

function plainProgress({ streams, clock }: Outlet): Progress {
  const started = clock.now();
  const held: string[] = [];
  let isHeld = true;
  const release = (): void => {
    isHeld = false;
    for (const line of held.splice(0)) streams.errors.write(line);
  };
  const cancel = clock.after(PATIENCE, release);
  return {
    report: (event) => {
      const text = eventText(event);
      if (text === undefined) return;
      const seconds = ((clock.now() - started) / 1000).toFixed(1);
      const lines = text.split('\n').map((line) => `[${seconds.padStart(6)}s] ${line}\n`);
      if (isHeld && isTrouble(event)) release();
      if (isHeld) held.push(...lines);
      else streams.errors.write(lines.join(''));
    },
    close: cancel,
  };
}

/** What the cluster tells of a failure is worth reading, however quick it was. */
function isTrouble(event: ActionEvent): boolean {
  return event.type === 'resource' && (event.progress.type === 'event' || event.progress.type === 'log');
}
