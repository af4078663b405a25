/**
 * Many small templates in one chart: each case is a definition whose text becomes one member of a YAML document, so that
 * one start of helm renders hundreds of them.
 */
import { CHART_YAML, type ChartSource, renderWithHelm, renderWithOurs } from './render-both.ts';

export interface CaseGroup {
  readonly name: string;
  /** Templates; may not hold `define`. */
  readonly cases: readonly string[];
  /** Text of values.yaml. */
  readonly values?: string;
  /** Definitions that the cases use. */
  readonly prelude?: string;
  readonly files?: ChartSource;
}

export interface Difference {
  readonly template: string;
  readonly helm: string;
  readonly ours: string;
}

function chartOfCases({ cases, values = '', prelude = '', files = {} }: CaseGroup): ChartSource {
  const definitions = cases.map((text, index) => `{{ define "case.${index}" }}${text}{{ end }}\n`).join('');
  const members = cases.map((_text, index) => `case${index}: {{ include "case.${index}" . | toJson }}\n`).join('');
  return {
    'Chart.yaml': CHART_YAML,
    'values.yaml': values,
    'templates/_prelude.tpl': prelude,
    'templates/_cases.tpl': definitions,
    'templates/cases.yaml': members,
    ...files,
  };
}

/** The cases that come out differently. Fails when a program can't render the chart at all. */
export async function compareCases(group: CaseGroup): Promise<Difference[]> {
  const files = chartOfCases(group);
  const helm = await renderWithHelm(files);
  const ours = await renderWithOurs(files);
  if (helm.error !== '' || ours.error !== '') {
    throw new Error(`The chart ${group.name} fails.\nhelm: ${helm.error}\nours: ${ours.error}`);
  }
  if (helm.output === ours.output) return [];
  const left = members(helm.output);
  const right = members(ours.output);
  return group.cases.flatMap((template, index) => {
    const [theirs, own] = [left.get(`case${index}`) ?? '(nothing)', right.get(`case${index}`) ?? '(nothing)'];
    return theirs === own ? [] : [{ template, helm: theirs, ours: own }];
  });
}

function members(output: string): Map<string, string> {
  return new Map(
    output.split('\n').map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
}
