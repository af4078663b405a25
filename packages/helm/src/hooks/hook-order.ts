/** Which hooks an event runs, and in which order (Helm documentation, "Chart Hooks"). */
import { compareText } from '../go/compare-text.ts';
import type { ReleaseHook } from '../release/release.ts';

export interface IndexedHook {
  readonly hook: ReleaseHook;
  /** Its place in the release. */
  readonly index: number;
}

/** Hooks of an event by weight, then by name; equal ones stay in the order of kinds. */
export function hooksOf(hooks: readonly ReleaseHook[], event: string): IndexedHook[] {
  return hooks
    .map((hook, index) => ({ hook, index }))
    .filter(({ hook }) => hook.events.includes(event))
    .toSorted((a, b) => a.hook.weight - b.hook.weight || compareText(a.hook.name, b.hook.name));
}
