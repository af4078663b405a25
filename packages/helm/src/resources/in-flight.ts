/** Asks a cluster about many objects: several requests at the same time, answers in the order of the questions. */

/** Requests that are under way at the same time; helm's own limit is 100 a second. */
const MAX_IN_FLIGHT = 10;

/** Stops asking at the first failure and throws it. */
export async function mapInFlight<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  const rest = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [at, item] of rest) {
      if (failed) return;
      try {
        answers[at] = await ask(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, worker));
  return answers;
}
