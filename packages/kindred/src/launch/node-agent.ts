/** Launches the bundled node agent. */
import { loadBundle } from './code-cache.ts';

loadBundle('node-agent', import.meta, 'run');
