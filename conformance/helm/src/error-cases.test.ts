import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorPrelude, errorTemplates, errorValues } from './cases/errors.ts';
import { CHART_YAML, type ChartSource, renderWithHelm, renderWithOurs } from './render-both.ts';

function chartOf(template: string): ChartSource {
  return {
    'Chart.yaml': CHART_YAML,
    'values.yaml': errorValues,
    'templates/_prelude.tpl': errorPrelude,
    'templates/a.yaml': template,
  };
}

/** The begin and the end of a message, for showing; endless recursion makes some of 200 kB. */
function shorten(message: string): string {
  return message.length < 2000 ? message : `${message.slice(0, 300)} … ${message.slice(-300)}`;
}

/** Our message without what we add to helm's. */
function withoutHints(message: string): string {
  return message.replace(/\n {2}hint: [^]*$/, '');
}

test(`fails as helm does (${errorTemplates.length} templates)`, async () => {
  const differences: { template: string; helm: string; ours: string }[] = [];
  const queue = [...errorTemplates];
  const work = async (): Promise<void> => {
    for (let template = queue.shift(); template !== undefined; template = queue.shift()) {
      const chart = chartOf(template);
      const helm = (await renderWithHelm(chart)).error;
      const ours = withoutHints((await renderWithOurs(chart)).error);
      if (helm !== ours || helm === '') differences.push({ template, helm: shorten(helm), ours: shorten(ours) });
    }
  };
  await Promise.all([work(), work()]);
  assert.equal(differences.length, 0, JSON.stringify(differences, undefined, 1));
});
