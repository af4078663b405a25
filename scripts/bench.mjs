// `npm run bench [-- NAME…]`: sets the checkout up when needed, then measures (bench/src/main.ts). Prints; never fails
// because a goal is missed.
import { setUp } from './setup.mjs';

setUp();
await import('../bench/dist/main.js');
