/** Launches the bundled node agent. */
import { loadBundle } from './load-bundle.ts';

loadBundle('node-agent', import.meta, 'run');
