/**
 * Begins to start the node agent: the first thing that a start of the platform does, since on a second processor the agent
 * then loads its program while the platform loads its own.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { forkNodeAgent, type WaitingAgent } from '@kindred/node';
import { compiledDirectory } from '../compiled-directory.ts';

/** One file loads several times faster, and needs less memory, than the tree of modules it is made of. */
export function forkBundledAgent(): WaitingAgent {
  const bundle = fileURLToPath(new URL('./bundle/node-agent.mjs', compiledDirectory));
  return existsSync(bundle) ? forkNodeAgent(bundle) : forkNodeAgent();
}
