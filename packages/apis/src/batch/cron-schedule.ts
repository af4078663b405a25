/** Schedules of CronJobs: five fields as cron has them, or a name such as `@hourly`. Says what is wrong with one. */
interface Field {
  readonly minimum: number;
  readonly maximum: number;
  /** Names that stand for `minimum`, `minimum + 1`, …. */
  readonly names?: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const fields: readonly Field[] = [
  { minimum: 0, maximum: 59 },
  { minimum: 0, maximum: 23 },
  { minimum: 1, maximum: 31 },
  { minimum: 1, maximum: 12, names: months },
  { minimum: 0, maximum: 6, names: weekdays },
];

const descriptors = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** The first problem in the words of the cron library that Kubernetes uses; undefined when there is none. */
export function scheduleError(schedule: string): string | undefined {
  if (/^(CRON_)?TZ=/.test(schedule)) {
    return 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  }
  if (schedule.startsWith('@')) {
    if (descriptors.includes(schedule)) return undefined;
    return schedule.startsWith('@every ') ? undefined : `unrecognized descriptor: ${schedule}`;
  }
  const words = schedule.split(/\s+/).filter((word) => word !== '');
  if (words.length !== fields.length) return `expected exactly 5 fields, found ${words.length}: [${words.join(' ')}]`;
  for (const [index, field] of fields.entries()) {
    for (const range of (words[index] ?? '').split(',')) {
      const problem = rangeError(range, field);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

/** `*`, `5`, `1-5`, each with an optional step after a slash. */
function rangeError(text: string, field: Field): string | undefined {
  const [range = '', step, ...tooMany] = text.split('/');
  const bounds = range.split('-');
  if (bounds.length > 2) return `too many hyphens: ${text}`;
  if (tooMany.length > 0) return `too many slashes: ${text}`;
  const isStar = range === '*' || range === '?';
  const start = isStar ? field.minimum : valueOf(bounds[0] ?? '', field);
  const single = step === undefined ? start : field.maximum;
  const end = isStar ? field.maximum : bounds[1] === undefined ? single : valueOf(bounds[1], field);
  for (const [value, word] of [
    [start, bounds[0]],
    [end, bounds[1]],
  ] as const) {
    if (value === undefined)
      return `failed to parse int from ${word ?? ''}: strconv.Atoi: parsing "${word ?? ''}": invalid syntax`;
  }
  if (start === undefined || end === undefined) return undefined;
  if (start < field.minimum) return `beginning of range (${start}) below minimum (${field.minimum}): ${text}`;
  if (end > field.maximum) return `end of range (${end}) above maximum (${field.maximum}): ${text}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`;
  if (step === undefined) return undefined;
  if (!/^\d+$/.test(step)) return `failed to parse int from ${step}: strconv.Atoi: parsing "${step}": invalid syntax`;
  return Number(step) === 0 ? `step of range should be a positive number: ${text}` : undefined;
}

function valueOf(word: string, { minimum, names }: Field): number | undefined {
  const name = names?.indexOf(word.toLowerCase()) ?? -1;
  if (name >= 0) return minimum + name;
  return /^\d+$/.test(word) ? Number(word) : undefined;
}
