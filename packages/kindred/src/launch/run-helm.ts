/** Runs the bundled `helm` for its launchers: as `kindred helm`, and by itself for plugins, which want one program to call. */
import { loadBundle } from './load-bundle.ts';

const { fileURLToPath } = process.getBuiltinModule('node:url');

/** @param meta of the launcher, beside which the bundles are */
export function runHelm(words: readonly string[], meta: Pick<ImportMeta, 'url' | 'resolve'>): Promise<number> {
  // The bundle was made of that module.
  const { runHelmProcess } = loadBundle('helm', meta, commandOf(words)) as typeof import('@kindred/helm/command');
  const program = fileURLToPath(new URL('./helm.mjs', meta.url));
  return runHelmProcess(words, { program, invocation: ['kindred', 'helm'] });
}

/** What one command compiles is of little use to another: each has a cache. */
export function commandOf([command = '']: readonly string[]): string {
  return /^[a-z][a-z-]*$/.test(command) ? command : 'other';
}

/** Ends the program when everything is written. What may still be open (a connection that a client holds) keeps nobody waiting. */
export async function endWith(code: number): Promise<never> {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
}

/** Ends when a reader of the stream has everything, or doesn't want it: a pipe takes 64 KiB at a time. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
