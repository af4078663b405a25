/**
 * RunningImages without storage: each answer is worked out from the pods that whoever asks may see.
 */
import { Pod } from '@kindred/apis/core/v1';
import { type Client, keyOf, watchEvents } from '@kindred/client';
import { deepEqual } from '@kindred/machinery';
import { type ListCall, type NamedCall, virtual, type WatchCall } from '@kindred/operator/api-server';
import { type ImageView, imagesOfPods, keyOfView, nameOfImage } from './images-of-pods.ts';
import { RunningImage } from './running-image.ts';

export const runningImages = virtual(RunningImage, { list, get, watch });

/** The state of the pods is the state of the view, so a watch may begin where a list has ended. */
async function list({ caller, namespace, signal }: ListCall) {
  const { items, resourceVersion } = await caller.list(Pod, { namespace }, { signal });
  return { items: imagesOfPods(items), resourceVersion };
}

async function get({ caller, namespace, name, signal }: NamedCall) {
  const { items } = await caller.list(Pod, { namespace }, { signal });
  return imagesOfPods(
    items.filter(({ spec }) => spec?.containers?.some((each) => nameOfImage(each.image ?? '') === name)),
  ).find(({ metadata }) => metadata.name === name);
}

/** What changes about the images whenever something changes about the pods. */
async function* watch({ caller, namespace, resourceVersion, signal }: WatchCall) {
  const pods = await podsAt(caller, namespace, resourceVersion, signal);
  let shown = viewsOf(pods);
  const { body } = await caller.openWatch(Pod, { namespace }, { resourceVersion, signal });
  for await (const event of watchEvents<Pod>(body)) {
    if (event.type === 'BOOKMARK') {
      yield { type: event.type, resourceVersion: event.resourceVersion };
      continue;
    }
    const { object } = event;
    if (event.type === 'DELETED') pods.delete(keyOf(object));
    else pods.set(keyOf(object), object);
    const next = viewsOf(pods);
    yield* differences(shown, next, object.metadata.resourceVersion);
    shown = next;
  }
}

/** Exactly that state: what has changed since must come as an event. */
async function podsAt(caller: Client, namespace: string, resourceVersion: string, signal: AbortSignal) {
  const options = { resourceVersion, resourceVersionMatch: 'Exact', signal } as const;
  const { items } = await caller.list(Pod, { namespace }, options);
  return new Map<string, Pod>(items.map((pod) => [keyOf(pod), pod]));
}

function viewsOf(pods: ReadonlyMap<string, Pod>): ReadonlyMap<string, ImageView> {
  return new Map(imagesOfPods([...pods.values()]).map((view) => [keyOfView(view), view]));
}

function* differences(
  before: ReadonlyMap<string, ImageView>,
  after: ReadonlyMap<string, ImageView>,
  resourceVersion: string,
) {
  const at = ({ metadata, spec }: ImageView) => ({ metadata: { ...metadata, resourceVersion }, spec });
  for (const [key, view] of after) {
    const old = before.get(key);
    if (old === undefined) yield { type: 'ADDED' as const, object: at(view) };
    else if (!deepEqual(old, view)) yield { type: 'MODIFIED' as const, object: at(view) };
  }
  for (const [key, view] of before) if (!after.has(key)) yield { type: 'DELETED' as const, object: at(view) };
}
