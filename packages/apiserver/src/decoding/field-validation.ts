/**
 * Field validation: what happens to unknown and repeated fields of a body ("Server-side field validation", Kubernetes
 * documentation). `Strict` refuses them all in one message, `Warn` (the default) sends warnings, `Ignore` says nothing.
 */
import { badRequest, type FieldError, notSupported } from '@kindred/machinery';
import type { FieldFindings } from '../resources/served-kind.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** The directive of the request; an error for one that doesn't exist. */
export function fieldValidationOf(text: string | null): FieldValidation | FieldError {
  if (text === null || text === '' || text === 'Warn') return 'Warn';
  if (text === 'Strict' || text === 'Ignore') return text;
  return notSupported('fieldValidation', text, ['', 'Ignore', 'Strict', 'Warn']);
}

export interface FieldReport {
  readonly kind: string;
  readonly version: string;
  readonly directive: FieldValidation;
  readonly duplicateFields: readonly string[];
  readonly findings: FieldFindings;
  warn(text: string): void;
}

/** @throws StatusError 400 for values of the wrong type always, for unknown and repeated fields when strict. */
export function reportFields(report: FieldReport): void {
  const { findings, kind, version } = report;
  if (findings.errors.length > 0) {
    const subject = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;
    throw badRequest(`${subject}: ${findings.errors.join(', ')}`);
  }
  if (report.directive === 'Ignore') return;
  if (findings.unknownFields.length === 0 && report.duplicateFields.length === 0) return;
  const problems = [
    ...findings.unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`),
    ...report.duplicateFields.map((path) => `duplicate field ${JSON.stringify(path)}`),
  ];
  if (report.directive === 'Strict') {
    const subject = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}`;
    throw badRequest(`${subject}: strict decoding error: ${problems.join(', ')}`);
  }
  for (const problem of problems) report.warn(problem);
}
