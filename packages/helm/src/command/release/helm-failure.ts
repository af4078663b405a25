/** How helm words failures of install and upgrade: a prefix, and for some a line of its log. */
import { errorText, isStatusError } from '@kindred/machinery';
import { ReleaseError } from '../../release/release-error.ts';
import { conflictsOf } from '../../resources/conflicts/conflict.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';

/** Errors of `work` begin with the prefix; bugs are left as they are. */
export async function failingAs<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isBug(error)) throw error;
    throw new CommandError(`${prefix}: ${errorText(error)}`, { cause: error, ...adviceOn(error) });
  }
}

/** For commands whose errors have no prefix. */
export async function advised<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const more = adviceOn(error);
    throw more.advice === undefined ? error : new CommandError(errorText(error), { cause: error, ...more });
  }
}

const CONFLICT_ADVICE =
  '  hint: --on-conflict=yield leaves these fields to their owners, --on-conflict=force takes them over, ' +
  '--on-conflict=FIELD=yield is for one; `diff upgrade --live` shows them all beforehand';

/** Where others own fields, and nothing was said about such. */
function adviceOn(error: unknown): { readonly advice?: string } {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (conflictsOf(cause).length > 0) return { advice: CONFLICT_ADVICE };
  }
  return {};
}

function isBug(error: unknown): boolean {
  return error instanceof TypeError || error instanceof ReferenceError;
}

const UNREACHABLE = 'kubernetes cluster unreachable: ';
const NAME_CHECK = 'release name check failed: ';
const HIDE_SECRET = 'hiding Kubernetes secrets requires a dry-run mode';

/** Helm logs what install refuses before it begins. */
export async function logHelmErrors<T>({ log }: Pick<CommandContext, 'log'>, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isStatusError(error, 'NotFound') && error.status.details?.kind === 'namespaces') {
      // What is written first is the lease on the release, for helm the record.
      throw new CommandError(`create: failed to create: ${error.message}`, { cause: error });
    }
    if (!(error instanceof ReleaseError)) throw error;
    const { message } = error;
    if (message.startsWith(NAME_CHECK)) log.error(NAME_CHECK.slice(0, -2), { error: message.slice(NAME_CHECK.length) });
    if (message === HIDE_SECRET) log.error(message);
    if (!message.startsWith(UNREACHABLE)) throw error;
    const checked = `cluster reachability check failed: ${message}`;
    log.error(checked);
    throw new CommandError(checked, { cause: error });
  }
}
