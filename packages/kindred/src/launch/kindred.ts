#!/usr/bin/env node
/** Launches the bundled `kindred` command. Its `helm` is a bundle of its own: neither waits for the other's code. */
import { loadBundle } from './load-bundle.ts';
import { commandOf, endWith, runHelm } from './run-helm.ts';

const args = process.argv.slice(2);
await endWith(args[0] === 'helm' ? await runHelm(args.slice(1), import.meta) : await runKindred());

async function runKindred(): Promise<number> {
  // The bundle was made of that module.
  const { run } = loadBundle('kindred', import.meta, commandOf(args)) as typeof import('../main.ts');
  return run(args, (url) => import(url));
}
