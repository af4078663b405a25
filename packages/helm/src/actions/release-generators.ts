/** The stable generators of one operation: what is remembered of the release, and what its render adds to it. */
import { errorText } from '@kindred/machinery';
import type { GeneratedValue, GeneratorMemory } from '../functions/stable-generators.ts';
import { generatorText } from '../release/generator-store.ts';
import type { ActionContext } from './action-context.ts';

export interface ReleaseGenerators {
  readonly memory: GeneratorMemory;
  /** What the render asked for. */
  readonly used: () => ReadonlyMap<string, GeneratedValue>;
  /** Before the release is recorded and applied: who goes on after a crash must come to the same. @throws ReleaseError */
  readonly save: () => Promise<void>;
  /** After it was deployed: forgets what the render didn't ask for. */
  readonly settle: () => Promise<void>;
}

/** Well below what an object may hold. */
const MOST_BYTES = 700_000;

/** Undefined where nothing is kept beyond the process. @throws ReleaseError Damaged */
export async function openGenerators(
  { generators: store, report }: ActionContext,
  release: string,
): Promise<ReleaseGenerators | undefined> {
  if (store === undefined) return undefined;
  let stored = await store.load(release);
  // A chart may be rendered several times for one operation, until all lookups are answered.
  const made = new Map<string, GeneratedValue>();
  let used = new Map<string, GeneratedValue>();
  const memory: GeneratorMemory = {
    begin: () => {
      used = new Map();
    },
    recall: (key) => {
      const value = made.get(key) ?? stored.values.get(key);
      if (value !== undefined) used.set(key, value);
      return value;
    },
    keep: (key, value) => {
      made.set(key, value);
      used.set(key, value);
    },
  };
  const write = async (values: ReadonlyMap<string, GeneratedValue>): Promise<void> => {
    const fitting = fit(values);
    if (fitting.size < values.size) {
      const message = `${values.size - fitting.size} generated values don't fit into a Secret and will change with the next upgrade`;
      report({ type: 'warning', message });
    }
    if (generatorText(fitting) === generatorText(stored.values)) return;
    stored = await store.save(release, { ...stored, values: fitting });
  };
  return {
    memory,
    used: () => used,
    save: () => write(new Map([...stored.values, ...used])),
    async settle() {
      try {
        await write(used);
      } catch (error) {
        // The release is deployed; what is too many does no harm.
        report({ type: 'debug', message: `unused generated values are still kept: ${errorText(error)}` });
      }
    },
  };
}

/** As many as fit, those that were there first before others. */
function fit(values: ReadonlyMap<string, GeneratedValue>): Map<string, GeneratedValue> {
  const fitting = new Map<string, GeneratedValue>();
  let bytes = 2;
  for (const [key, value] of values) {
    bytes += Buffer.byteLength(JSON.stringify({ [key]: value }));
    if (bytes > MOST_BYTES) break;
    fitting.set(key, value);
  }
  return fitting;
}
