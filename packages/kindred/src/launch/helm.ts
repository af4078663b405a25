#!/usr/bin/env node
/** Launches the bundled `helm` by itself: what plugins find in HELM_BIN. */
import { endWith, runHelm } from './run-helm.ts';

await endWith(await runHelm(process.argv.slice(2), import.meta));
