/**
 * Entry of the node agent's process. Logs go to stderr as lines of JSON. When the agent is ready it says so with a
 * message `{ type: 'ready', … }` to the process that forked it, or, without one, with the same as a line on stdout. A
 * process that forks it tells it once where the API server is: `{ type: 'serving', server }`.
 * SIGTERM, SIGINT and the end of the parent stop all pods and then the agent.
 */
import { createJsonLogger, systemClock } from '@kindred/machinery';
import { NodeAgent } from './agent.ts';
import { parseAgentOptions } from './agent-options.ts';
import { isServing } from './agent-process.ts';

const log = createJsonLogger({ write: (line) => process.stderr.write(line), now: () => systemClock.now() });
// The reader of the log may be gone before the agent, which still has pods to stop: its last lines are lost then.
process.stderr.on('error', () => undefined);
/** After this the agent ends whatever is still open. */
const longestCloseMs = 4_500;

async function main(): Promise<void> {
  const agent = new NodeAgent(parseAgentOptions(process.argv.slice(2)), {
    clock: systemClock,
    log,
    random: Math.random,
    ...(process.send === undefined ? {} : { serving: firstMessage() }),
  });
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
  } catch (error) {
    log.error('Agent could not start', error);
    end(1);
  }
}

/** A parent says where its API server is when it serves: everything that needs no server is ready by then. */
function firstMessage(): Promise<string> {
  return new Promise((resolve, reject) => {
    process.once('message', (message) => {
      if (isServing(message)) resolve(message.server);
      else reject(new Error('the first message of the parent is none that the agent knows'));
    });
  });
}

void main();
