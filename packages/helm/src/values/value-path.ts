/** Paths into values, written as `--set` writes them: `image.tag`, `hosts[0].name`, `nodeSelector.kubernetes\.io/os`. */
import { type GoMap, type GoValue, isMap, sliceItems } from '../go/value.ts';

/** Keys of maps and indices of lists. */
export type ValuePath = readonly (string | number)[];

export function valuePathText(path: ValuePath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += (text === '' ? '' : '.') + step.replaceAll(/[\\.,[=]/g, '\\$&');
  }
  return text;
}

/** The inverse of valuePathText. */
export function parseValuePath(text: string): ValuePath {
  const path: (string | number)[] = [];
  for (const [, index, key] of text.matchAll(/\[(\d+)\]|((?:\\.|[^.[\\])+)/g)) {
    if (index !== undefined) path.push(Number(index));
    else if (key !== undefined) path.push(key.replaceAll(/\\(.)/g, '$1'));
  }
  return path;
}

/** What stands at the path; undefined when nothing does. */
export function valueAtPath(values: GoMap, path: ValuePath): GoValue {
  let value: GoValue = values;
  for (const step of path) {
    if (typeof step === 'number') value = sliceItems(value)?.[step];
    else value = isMap(value) ? value.get(step) : undefined;
  }
  return value;
}

/** The path of a template's names, `.Values.image.tag`, as it would be written in a template. */
export function templatePathText(path: ValuePath): string {
  return path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
}
