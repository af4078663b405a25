/** What could be written next in a template: values, fields of built-in objects, functions, names of definitions. */

import { lex } from '../template/lex.ts';
import { KEYWORDS } from '../template/token.ts';
import { builtInMembers } from './built-in-objects.ts';
import { type Project, type ProjectChart, templateFunctions } from './chart-project.ts';
import type { Completion } from './completion.ts';
import { signature } from './function-notes.ts';
import type { Position } from './source-text.ts';
import type { TemplateDocument } from './template-document.ts';
import { followNames, type Reference, type Scope, scopeAfter } from './template-scope.ts';
import { isDeclared } from './value-facts.ts';
import { valueMembers } from './value-members.ts';

/** More than this before the cursor tells nothing about the word at it. */
const LOOK_BACK = 500;

export function completeTemplate(
  project: Project,
  chart: ProjectChart,
  { source }: TemplateDocument,
  position: Position,
): Completion[] {
  const offset = source.offsetAt(position);
  const before = source.text.slice(0, offset);
  const open = before.lastIndexOf('{{');
  if (open < 0 || open < before.lastIndexOf('}}')) return [];
  const action = before.slice(open).slice(-LOOK_BACK);
  const from = (typed: string, members: readonly Member[]): Completion[] => {
    const range = source.range(offset - typed.length, offset);
    return members.map((each) => ({ ...each, range }));
  };

  const name = /(?:\binclude|\btemplate|\bblock)\s+"([^"]*)$/.exec(action)?.[1];
  if (name !== undefined) return from(name, definitionNames(project));
  if (isInText(action)) return [];
  const chain = chainBefore(action);
  if (chain !== undefined) {
    const scope = scopeAfter(lex(before.slice(0, offset - chain.length)));
    return from(chain.typed, membersOf(chart, referenceOf(chain, scope), chain.typed));
  }
  const variable = /\$\w*$/.exec(action)?.[0];
  if (variable !== undefined) return from(variable, variableNames(scopeAfter(lex(before.slice(0, open)))));
  const word = /(?:^|[\s(|{-])(\w*)$/.exec(action)?.[1];
  return word === undefined ? [] : from(word, WORDS);
}

function definitionNames(project: Project): Member[] {
  return [...project.definitions()].map(([label, [first]]) => ({
    label,
    kind: 'template',
    ...(first === undefined ? {} : { detail: first.file }),
    ...(first?.definition.comment === undefined ? {} : { documentation: first.definition.comment }),
  }));
}

/** Whether a text was begun and isn't ended. */
function isInText(action: string): boolean {
  return /^["`]/.test(action.replaceAll(/"(?:\\.|[^"\\])*"|`[^`]*`/g, '').replace(/^[^"`]+/, ''));
}

/** Names with dots before them, the last one still being written: `$x.a.b`. */
interface Chain {
  readonly variable: string;
  readonly names: readonly string[];
  readonly typed: string;
  readonly length: number;
}

function chainBefore(action: string): Chain | undefined {
  const [whole, variable = '', names = '', typed = ''] = /((?:\$\w*)?)((?:\.\w+)*)\.(\w*)$/.exec(action) ?? [];
  if (whole === undefined) return undefined;
  // Behind a parenthesis stands what an expression gives, behind a digit a fraction.
  if (/[)\w]$/.test(action.slice(0, -whole.length))) return undefined;
  return { variable, names: names.split('.').slice(1), typed, length: whole.length };
}

function referenceOf({ variable, names }: Chain, scope: Scope): Reference {
  if (variable === '$') return followNames({ kind: 'root' }, names);
  if (variable !== '') return followNames(scope.variables.get(variable) ?? { kind: 'unknown' }, names);
  // Whoever writes .Values where the dot is something else means the values.
  return followNames(names[0] === 'Values' ? { kind: 'root' } : scope.dot, names);
}

function variableNames({ variables }: Scope): Member[] {
  return [...new Set(['$', ...variables.keys()])].map((label) => ({ label, kind: 'variable' }));
}

type Member = Omit<Completion, 'range'>;

function membersOf(chart: ProjectChart, reference: Reference, typed: string): Member[] {
  switch (reference.kind) {
    case 'root':
      return builtInMembers([]);
    case 'object':
      return builtInMembers(reference.names);
    case 'values': {
      const members = valueMembers(chart, reference.path);
      // What is being written is a use of a value, which alone makes it no value.
      const isKnown = isDeclared(chart, [...reference.path, typed]);
      return isKnown ? members : members.filter(({ label }) => label !== typed);
    }
    default:
      return [];
  }
}

const WORDS: readonly Member[] = [
  ...[...KEYWORDS].map((label) => ({ label, kind: 'keyword' as const })),
  ...[...templateFunctions.keys(), 'include', 'tpl', 'lookup']
    .filter((label) => /^\w+$/.test(label))
    .map((label) => ({ label, kind: 'function' as const, detail: signature(label) })),
];
