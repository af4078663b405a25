/** The tests of a release, run by a body posted to its subresource `test`. */
import { parseDuration } from '@kindred/machinery';
import type { ActionContext } from '../../actions/action-context.ts';
import { OperationError } from '../../actions/operation-failure.ts';
import { test } from '../../actions/release-testing.ts';
import type { Release } from '../kinds/release.ts';
import type { ReleaseTest } from '../kinds/release-actions.ts';
import { type ActionCall, type ActionKit, actOn } from './release-action.ts';

/** Tests that fail are a result; what kept them from running is thrown. */
export function testRelease(
  kit: ActionKit,
  call: ActionCall,
  { timeout, ...options }: ReleaseTest['spec'],
): Promise<Release | undefined> {
  const { name } = call;
  const timeoutMilliseconds = timeout === undefined ? undefined : parseDuration(timeout);
  const act = async (context: ActionContext): Promise<void> => {
    try {
      await test(context, { ...options, name, timeoutMilliseconds });
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      context.report({ type: 'warning', message: error.message });
    }
  };
  return actOn(kit, call, { verb: 'test', act });
}
