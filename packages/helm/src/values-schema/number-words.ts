/** Numbers as messages show them: in English, with commas, and powers of ten for large and small ones. */
import { floatText } from '../go/number-text.ts';

/** An integer with commas. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

const RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';

export function numberWords(value: number): string {
  const text = floatText(value);
  const [, digits = '', sign = '', exponent = ''] = /^(.*)e([-+])(\d+)$/.exec(text) ?? [];
  if (digits === '') return text.replace(/^-?\d+/, (whole) => grouped(Number(whole)));
  const raised = exponent.replace(/\d/g, (digit) => RAISED[Number(digit)] ?? '');
  return `${digits}×10${sign === '-' ? '⁻' : ''}${raised}`;
}
