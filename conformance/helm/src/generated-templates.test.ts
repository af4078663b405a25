/**
 * Thousands of generated templates: those that work for us are rendered by helm too, hundreds in one start, and must give
 * the same texts; of those that fail some are given to helm one by one, and must fail with the same message. Another seed makes others.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadChartFiles, nodeProviders, RenderError, renderChart } from '@kindred/helm';
import { GoMap } from '@kindred/helm/template';
import { compareCases } from './compare-cases.ts';
import { CHART_YAML, type ChartSource, renderWithHelm, renderWithOurs } from './render-both.ts';
import { generatedPrelude, generatedValues, TemplateGenerator } from './template-generator.ts';

const COUNT = 3000;
const BATCH = 500;
const FAILING = 40;
const SEED = 20_261_122;

function chartOf(template: string): ChartSource {
  return {
    'Chart.yaml': CHART_YAML,
    'values.yaml': generatedValues,
    'templates/_prelude.tpl': generatedPrelude,
    'templates/_case.tpl': `{{ define "case" }}${template}{{ end }}`,
    'templates/a.yaml': 'a: {{ include "case" . | toJson }}',
  };
}

/** True when our engine renders it; nothing is said yet about what comes out. */
function works(template: string): boolean {
  const encoder = new TextEncoder();
  const files = Object.entries(chartOf(template)).map(([name, text]) => ({ name, data: encoder.encode(text) }));
  const release = { name: 'rel', namespace: 'space', revision: 1, isUpgrade: false };
  try {
    renderChart(loadChartFiles(files), new GoMap(), { ...nodeProviders(), release });
    return true;
  } catch (error) {
    if (error instanceof RenderError) return false;
    throw error;
  }
}

const generator = new TemplateGenerator(SEED);
const templates = Array.from({ length: COUNT }, () => generator.template());
const working: string[] = [];
const failing: string[] = [];
for (const template of templates) (works(template) ? working : failing).push(template);

test(`renders generated templates as helm does (${working.length} of ${COUNT} work)`, async () => {
  assert.ok(working.length > COUNT / 2);
  const differences: string[] = [];
  for (let at = 0; at < working.length; at += BATCH) {
    const cases = working.slice(at, at + BATCH);
    differences.push(...(await differencesOf(cases)));
  }
  assert.equal(
    differences.length,
    0,
    differences
      .slice(0, 10)
      .map((each) => each.slice(0, 1500))
      .join('\n\n'),
  );
});

/** Halves what fails as a whole, down to single templates. */
async function differencesOf(cases: readonly string[]): Promise<string[]> {
  try {
    const group = { name: 'generated', cases, values: generatedValues, prelude: generatedPrelude };
    const found = await compareCases(group);
    return found.map(({ template, helm, ours }) => `${template}\nhelm: ${helm}\nours: ${ours}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (cases.length === 1) return [`${cases[0]}\n${error.message}`];
    const middle = cases.length >> 1;
    return [...(await differencesOf(cases.slice(0, middle))), ...(await differencesOf(cases.slice(middle)))];
  }
}

test(`fails as helm does on generated templates (${FAILING} of ${failing.length})`, async () => {
  const differences: string[] = [];
  const queue = failing.slice(0, FAILING);
  const work = async (): Promise<void> => {
    for (let template = queue.shift(); template !== undefined; template = queue.shift()) {
      const helm = (await renderWithHelm(chartOf(template))).error;
      const ours = (await renderWithOurs(chartOf(template))).error.replace(/\n {2}hint: [^]*$/, '');
      if (helm !== ours) differences.push(`${template}\nhelm: ${helm}\nours: ${ours}`);
    }
  };
  await Promise.all([work(), work()]);
  assert.equal(
    differences.length,
    0,
    differences
      .slice(0, 10)
      .map((each) => each.slice(0, 1500))
      .join('\n\n'),
  );
});
