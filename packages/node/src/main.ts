/**
 * Entry of the node agent's process. Logs go to stderr as lines of JSON. When the agent is ready it says so with a
 * message `{ type: 'ready', … }` to the process that forked it, or, without one, with the same as a line on stdout. A
 * process that forks it may do so before it knows the settings: it tells them, `{ type: 'start', args }`, in place of
 * arguments, and where the API server is as soon as there is one, `{ type: 'serving', server }`.
 * SIGTERM, SIGINT and the end of the parent stop all pods and then the agent.
 */
import { createJsonLogger, systemClock } from '@kindred/machinery';
import { NodeAgent } from './agent.ts';
import { parseAgentOptions } from './agent-options.ts';
import { serverIn, startArgsIn } from './agent-process.ts';
import { collectStartGarbage } from './platform/start-garbage.ts';

const log = createJsonLogger({ write: (line) => process.stderr.write(line), now: () => systemClock.now() });
// The reader of the log may be gone before the agent, which still has pods to stop: its last lines are lost then.
process.stderr.on('error', () => undefined);
/** After this the agent ends whatever is still open. */
const longestCloseMs = 4_500;

async function main(): Promise<void> {
  const given = process.argv.slice(2);
  const serving = process.send === undefined ? {} : { serving: told(serverIn) };
  // Until there are settings there is nothing to stop.
  const leave = (): never => process.exit(0);
  process.on('disconnect', leave);
  const args = given.length === 0 && process.send !== undefined ? await told(startArgsIn) : given;
  process.off('disconnect', leave);
  const agent = new NodeAgent(parseAgentOptions(args), { clock: systemClock, log, random: Math.random, ...serving });
  let ending = false;
  const end = (code: number) => {
    if (ending) return;
    ending = true;
    // Not unref'd: what is waited for may hold nothing that keeps the process alive, and the network must still go.
    setTimeout(() => process.exit(code), longestCloseMs);
    void agent.close().then(() => process.exit(code));
  };
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
  process.on('disconnect', () => end(0));
  process.on('uncaughtException', (error) => {
    log.error('Agent failed', error, { stack: error.stack });
    end(1);
  });
  try {
    const ready = { type: 'ready', ...(await agent.start()) };
    if (process.send) process.send(ready);
    else process.stdout.write(`${JSON.stringify(ready)}\n`);
    collectStartGarbage(systemClock);
  } catch (error) {
    log.error('Agent could not start', error);
    end(1);
  }
}

/** What the parent says, as soon as it says it. */
function told<T>(read: (message: unknown) => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const listen = (message: unknown): void => {
      const found = read(message);
      if (found === undefined) return;
      process.off('message', listen);
      resolve(found);
    };
    process.on('message', listen);
  });
}

void main();
