/** Pieces of templates that look right and aren't: helm renders them without complaint. */
import { fromBytes } from '../../go/bytes.ts';
import type { Command, List, Node, Operand, Pipe, Template } from '../../template/node.ts';
import { parseTemplates } from '../../template/parse.ts';
import { TemplateParseError } from '../../template/parse-error.ts';
import type { Finding, LintRule, Severity } from './rule.ts';

const NAME = 'template-idiom';

export const templateIdiomsRule: LintRule = {
  name: NAME,
  description:
    'Pieces of templates that hide errors: defaults that override false, fields that are gone, indented indents.',
  check: ({ chart }) =>
    chart.templates.flatMap(({ name, data }) => {
      const source = fromBytes(data);
      return parse(name, source).flatMap((template) => checkTemplate(template, source, name));
    }),
};

function parse(name: string, source: string): Template[] {
  try {
    return [...parseTemplates(name, source, () => true).values()];
  } catch (error) {
    // A render reports it.
    if (error instanceof TemplateParseError) return [];
    throw error;
  }
}

type Report = (position: number, severity: Severity, message: string) => void;

function checkTemplate(template: Template, source: string, file: string): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (position, severity, message) => {
    const line = source.slice(0, position).split('\n').length;
    findings.push({ rule: NAME, severity, file, line, message });
  };
  checkList(template.root, source, report);
  return findings;
}

function checkList(list: List, source: string, report: Report): void {
  for (const node of list) {
    checkIndent(node, source, report);
    if ('pipe' in node && node.pipe !== undefined) checkPipe(node.pipe, report);
    if ('list' in node) {
      checkList(node.list, source, report);
      checkList(node.elseList ?? [], source, report);
    }
  }
}

/** Spaces before `indent` move the first line only. */
function checkIndent(node: Node, source: string, report: Report): void {
  if (node.type !== 'action') return;
  const [first] = node.pipe.commands.at(-1)?.args ?? [];
  if (first?.type !== 'identifier' || first.name !== 'indent') return;
  const open = source.lastIndexOf('{{', node.position);
  const before = source.slice(source.lastIndexOf('\n', open) + 1, open);
  if (!/^ +$/.test(before) || source[open + 2] === '-') return;
  report(node.position, 'warning', 'spaces before "indent" move the first line only; write {{- … | nindent … }}');
}

function checkPipe(pipe: Pipe, report: Report): void {
  pipe.commands.forEach((command, at) => {
    checkDefault(command, at > 0, report);
    for (const operand of command.args) checkOperand(operand, report);
  });
}

/** `default true` turns a false into true. */
function checkDefault({ args, position }: Command, isPiped: boolean, report: Report): void {
  const [called, fallback] = args;
  const isTrue = fallback?.type === 'bool' && fallback.value;
  if (called?.type !== 'identifier' || called.name !== 'default' || !isTrue) return;
  if (!isPiped && args.length < 3) return;
  report(position, 'warning', '"default true" makes true of false too; ask with hasKey or compare with "eq … false"');
}

const GONE = new Map([
  ['Release.Time', 'is empty since helm 3; use now'],
  ['Capabilities.TillerVersion', 'is gone since helm 3'],
]);

function checkOperand(operand: Operand, report: Report): void {
  if (operand.type === 'pipe') checkPipe(operand, report);
  if (operand.type === 'chain') checkOperand(operand.node, report);
  const names = operand.type === 'field' ? operand.names : operand.type === 'variable' ? operand.names.slice(1) : [];
  const path = names.slice(0, 2).join('.');
  const gone = GONE.get(path);
  if (gone !== undefined) report(operand.position, 'warning', `.${path} ${gone}`);
}
