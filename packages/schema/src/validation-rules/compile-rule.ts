/**
 * Compiles one rule of `x-kubernetes-validations` with its messageExpression, against the type of the node it stands at.
 */
import {
  createEnvironment,
  type Environment,
  type Expression,
  estimateCost,
  kubernetesLibraries,
  type SizeBounds,
  types,
} from '@kindred/cel';
import type { ValidationRule } from '../structural/json-schema-props.ts';
import type { DeclaredType, DeclaredTypes } from './declared-type.ts';

export interface CompiledRule {
  readonly rule: ValidationRule;
  readonly expression: Expression;
  readonly message: Expression | undefined;
  /** The rule speaks of the value before the change. */
  readonly usesOldSelf: boolean;
  /** The greatest cost of one evaluation. */
  readonly maxCost: number;
  readonly maxMessageCost: number;
}

export interface RuleFault {
  /** The field of the rule. */
  readonly field: 'rule' | 'messageExpression';
  readonly detail: string;
}

let known: Environment | undefined;

/** Made when the first rule is compiled: most processes never see one. */
function base(): Environment {
  known ??= createEnvironment({ variables: {}, libraries: kubernetesLibraries, homogeneousLiterals: true });
  return known;
}

/** The compiled rule, or what is wrong with it. */
export function compileRule(
  rule: ValidationRule,
  self: DeclaredType,
  declared: DeclaredTypes,
): CompiledRule | { readonly faults: readonly RuleFault[] } {
  const oldSelf = rule.optionalOldSelf === true ? types.optional(self.type) : self.type;
  const environment = base().withVariables({ variables: { self: self.type, oldSelf }, fieldType: declared.fieldType });
  const faults: RuleFault[] = [];
  const fault = (field: RuleFault['field'], detail: string): undefined => {
    faults.push({ field, detail });
  };
  const expression = compile(rule.rule, environment, 'bool', {
    failed: (errors) => fault('rule', `compilation failed: ${errors}`),
    wrongType: () => fault('rule', 'cel expression must evaluate to a bool'),
  });
  const { messageExpression = '' } = rule;
  const message =
    messageExpression === ''
      ? undefined
      : compile(messageExpression, environment, 'string', {
          failed: (errors) => fault('messageExpression', `messageExpression compilation failed: ${errors}`),
          wrongType: () => fault('messageExpression', 'messageExpression must evaluate to a string'),
        });
  if (expression === undefined || faults.length > 0) return { faults };
  return {
    rule,
    expression,
    message,
    usesOldSelf: mentions(expression, 'oldSelf'),
    maxCost: costOf(expression, self),
    maxMessageCost: message === undefined ? 0 : costOf(message, self),
  };
}

function compile(
  source: string,
  environment: Environment,
  wanted: 'bool' | 'string',
  report: { failed(errors: string): undefined; wrongType(): undefined },
): Expression | undefined {
  const compiled = environment.compile(source);
  if ('errors' in compiled) return report.failed(compiled.errors);
  const { kind } = compiled.expression.type;
  return kind === wanted ? compiled.expression : report.wrongType();
}

function mentions({ references }: Expression, variable: string): boolean {
  for (const { name } of references?.values() ?? []) if (name === variable) return true;
  return false;
}

function costOf(expression: Expression, self: SizeBounds): number {
  return estimateCost(
    expression,
    new Map([
      ['self', self],
      ['oldSelf', self],
    ]),
  );
}
