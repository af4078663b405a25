import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartCases } from './cases/charts.ts';
import { renderWithHelm, renderWithOurs } from './render-both.ts';

test(`renders whole charts as helm does (${chartCases.length} charts)`, async () => {
  const differences: unknown[] = [];
  const queue = [...chartCases];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const helm = await renderWithHelm(next.files, next);
      const ours = await renderWithOurs(next.files, next);
      // The command puts these words before what the library says.
      const said = helm.error.replace(/^failed parsing --set data: /, '');
      if (helm.output !== ours.output || said !== ours.error) differences.push({ name: next.name, helm, ours });
    }
  };
  await Promise.all([work(), work()]);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
});
