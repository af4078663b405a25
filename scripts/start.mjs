// `npm start`: sets the checkout up when needed, then runs `kindred up` in this process.
import { setUp } from './setup.mjs';

await setUp();
process.argv.splice(2, 0, 'up');
await import('../packages/kindred/dist/bundle/kindred.mjs');
