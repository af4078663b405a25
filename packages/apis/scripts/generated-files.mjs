// The generated sources as values: `generate.mjs` writes them, a test compares them with what is committed.
import { renderResources } from './render-resources.mjs';
import { renderTable } from './render-table.mjs';
import { renderTypes } from './render-types.mjs';

/** Path below src/gen → text. */
export function generatedFiles() {
  const files = new Map([
    ['type-table.ts', renderTable()],
    ['resources.ts', renderResources()],
  ]);
  for (const [path, text] of renderTypes()) files.set(`types/${path}`, text);
  return files;
}
