/** Whether an interrupted revision is what a command would make now: then it is completed instead of begun again. */
import { encodeGoJson } from '../go/json.ts';
import type { GoMap } from '../go/value.ts';
import type { Release } from '../release/release.ts';
import type { RenderedRelease } from './render-release.ts';

/**
 * True when the values are the same, and what is rendered is the same but for lines that differ from render to render:
 * generated passwords and certificates.
 */
export async function isSameRequest(
  release: Release,
  values: GoMap,
  render: () => Promise<RenderedRelease>,
): Promise<boolean> {
  if (encodeGoJson(release.config) !== encodeGoJson(values)) return false;
  const recorded = linesOf(release);
  const first = linesOf(await render());
  if (recorded.length !== first.length) return false;
  const differing = first.flatMap((line, at) => (line === recorded[at] ? [] : [at]));
  if (differing.length === 0) return true;
  const second = linesOf(await render());
  return first.length === second.length && differing.every((at) => first[at] !== second[at]);
}

/** All that is sent to a cluster. */
function linesOf({ manifest, hooks }: Pick<Release, 'manifest' | 'hooks'>): string[] {
  return [manifest, ...hooks.map((hook) => `# Source: ${hook.path}\n${hook.manifest}`)].join('\n').split('\n');
}
