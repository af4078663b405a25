#!/usr/bin/env node
/** Launches the bundled `kindred` command. */
import { loadBundle } from './code-cache.ts';

// The bundle was made of that module.
const { run } = loadBundle('kindred', import.meta) as typeof import('../main.ts');
// What may still be open at the end (a connection that a client holds) keeps nobody waiting.
process.exit(await run(process.argv.slice(2), (url) => import(url)));
