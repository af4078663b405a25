/** Go's layouts: the reference time `Mon Jan 2 15:04:05 MST 2006` cut into the elements that stand for parts of a date. */

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export interface LayoutPart {
  readonly element: string | undefined;
  readonly text: string;
}

// Longer elements first. "Jan" and "Mon" must not be the start of a longer small-letter word; "January" is one itself.
const ELEMENT =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|_2006|__2|_2(?!006)|01|02|002|03|04|05|06|15|PM|pm|-07:00:00|-07:00|-070000|-0700|-07|Z07:00:00|Z07:00|Z070000|Z0700|Z07|[.,]0+(?!\d)|[.,]9+(?!\d)|[1-5]/g;

export function layoutParts(layout: string): LayoutPart[] {
  const parts: LayoutPart[] = [];
  let at = 0;
  for (const match of layout.matchAll(ELEMENT)) {
    let { index } = match;
    let [element] = match;
    // "_2006" is an underscore and a year.
    if (element === '_2006') {
      index++;
      element = '2006';
    }
    if (layout.startsWith('002', index)) element = '002';
    if (index < at) continue;
    if (index > at) parts.push({ element: undefined, text: layout.slice(at, index) });
    parts.push({ element, text: element });
    at = index + element.length;
  }
  if (at < layout.length) parts.push({ element: undefined, text: layout.slice(at) });
  return parts;
}
