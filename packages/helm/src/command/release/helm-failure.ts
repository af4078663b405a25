/** How helm words failures of install and upgrade: a prefix, and for some a line of its log. */
import { errorText, isStatusError } from '@kindred/machinery';
import { ReleaseError } from '../../release/release-error.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';

/** Errors of `work` begin with the prefix; bugs are left as they are. */
export async function failingAs<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isBug(error)) throw error;
    throw new CommandError(`${prefix}: ${errorText(error)}`, { cause: error });
  }
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
