/** Where the `kindred` program is, as `npm start` runs it. */
import { fileURLToPath } from 'node:url';

export const kindredProgram: string = fileURLToPath(
  new URL('../../../packages/kindred/dist/bundle/kindred.mjs', import.meta.url),
);
