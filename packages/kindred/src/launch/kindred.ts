#!/usr/bin/env node
/** Launches the bundled `kindred` command. Its `helm` is a bundle of its own: neither waits for the other's code. */
import { loadBundle } from './code-cache.ts';

const args = process.argv.slice(2);
const code = args[0] === 'helm' ? await runHelm(args.slice(1)) : await runKindred();
await Promise.all([written(process.stdout), written(process.stderr)]);
// What may still be open at the end (a connection that a client holds) keeps nobody waiting.
process.exit(code);

async function runKindred(): Promise<number> {
  // The bundle was made of that module.
  const { run } = loadBundle('kindred', import.meta, commandOf(args)) as typeof import('../main.ts');
  return run(args, (url) => import(url));
}

async function runHelm(words: readonly string[]): Promise<number> {
  // The bundle was made of that module.
  const { runHelmProcess } = loadBundle(
    'helm',
    import.meta,
    commandOf(words),
  ) as typeof import('@kindred/helm/command');
  return runHelmProcess(words, { program: process.argv[1] ?? 'kindred', invocation: ['kindred', 'helm'] });
}

/** What one command compiles is of little use to another: each has a cache. */
function commandOf([command = '']: readonly string[]): string {
  return /^[a-z]+$/.test(command) ? command : 'other';
}

/** Ends when a reader of the stream has everything, or doesn't want it: a pipe takes 64 KiB at a time. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
