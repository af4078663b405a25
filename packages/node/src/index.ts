export type { AgentParts, AgentReady } from './agent.ts';
export { NodeAgent } from './agent.ts';
export type { AgentOptions, AgentSettings } from './agent-options.ts';
export { defaultAgentOptions, parseAgentOptions } from './agent-options.ts';
export type { NodeAgentProcess, SpawnOptions } from './agent-process.ts';
export { spawnNodeAgent } from './agent-process.ts';
export { builtInImages } from './images/built-in-images.ts';
export type { Image } from './images/image.ts';
export type { ExecResult, IsolationLevel } from './runtime/runtime.ts';
