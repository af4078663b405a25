/**
 * `pods/eviction`: deleting a pod as far as its PodDisruptionBudget allows ("API-initiated Eviction", Kubernetes
 * documentation).
 */
import {
  formatTime,
  getNumber,
  getString,
  internalError,
  isJsonObject,
  type JsonObject,
  type LabelSelectorObject,
  labelSelectorFromObject,
  notFound,
  success,
  tooManyRequests,
  type Unstructured,
} from '@kindred/machinery';
import { statusResponse } from '../../chain/error-response.ts';
import type { ApiResponse } from '../../request/api-response.ts';
import type { ResourceStorage } from '../../storage/resource-storage.ts';
import type { StoredObject } from '../../storage/stored-object.ts';
import { bodyObject } from '../body-object.ts';
import { deleteObject } from '../delete-object.ts';
import { deleteOptionsOf } from '../delete-options.ts';
import type { ResourceRequest } from '../resource-request.ts';
import { admitSubresource } from './admit-subresource.ts';

/** Times that a budget is read anew when somebody else changes it at the same time. */
const attempts = 5;
const evictionKinds = [
  { apiVersion: 'policy/v1', kind: 'Eviction' },
  { apiVersion: 'policy/v1beta1', kind: 'Eviction' },
] as const;

/** Answers 201. @throws StatusError 429 with cause DisruptionBudget when the budget is used up. */
export async function evictPod(request: ResourceRequest): Promise<ApiResponse> {
  const { storage, namespace, name, resource } = request;
  const [current, older] = evictionKinds;
  const eviction = await bodyObject(request, current, older);
  const options = deleteOptionsOf(isJsonObject(eviction['deleteOptions']) ? eviction['deleteOptions'] : {});
  const pod = storage.get(namespace, name);
  if (pod === undefined) throw notFound(resource.groupResource, name);
  await admitSubresource(request, eviction, options);
  if (isDisruption(pod.object) && !options.dryRun) await spendBudget(request, pod.object);
  await deleteObject(request, namespace, name, options, { isAdmitted: true });
  return statusResponse(success({}), 201);
}

/** A pod that doesn't run, or is on its way out, is missed by nobody. */
function isDisruption(pod: Unstructured): boolean {
  const phase = getString(pod, ['status', 'phase']);
  return (
    pod.metadata.deletionTimestamp === undefined && phase !== 'Succeeded' && phase !== 'Failed' && phase !== 'Pending'
  );
}

async function spendBudget({ server, namespace, name }: ResourceRequest, pod: Unstructured): Promise<void> {
  const budgets = await server.registry.get('policy', 'v1', 'poddisruptionbudgets')?.storage();
  if (budgets === undefined) return;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const matching = budgets.list({ namespace }).items.filter((stored) => covers(stored.object, pod));
    const [budget, second] = matching;
    if (budget === undefined) return;
    if (second !== undefined) {
      throw internalError(
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    }
    if (await spend(budgets, budget, name, formatTime(server.clock.now()))) return;
  }
  throw tooManyRequests('Cannot evict pod as its disruption budget is being changed by others.', 1);
}

function covers(budget: Unstructured, pod: Unstructured): boolean {
  const spec = budget['spec'];
  const selector = isJsonObject(spec) ? spec['selector'] : undefined;
  if (!isJsonObject(selector)) return false;
  // Validation of the budget saw to the selector's shape.
  return labelSelectorFromObject(selector as JsonObject as LabelSelectorObject).matches(pod.metadata.labels);
}

async function spend(budgets: ResourceStorage, stored: StoredObject, pod: string, now: string): Promise<boolean> {
  const budget = stored.decode();
  const allowed = getNumber(budget, ['status', 'disruptionsAllowed']) ?? 0;
  const observed = getNumber(budget, ['status', 'observedGeneration']) ?? 0;
  if (observed < (budget.metadata.generation ?? 0)) {
    throw refusal(`The disruption budget ${stored.name} is still being processed by the server.`, 10);
  }
  if (allowed <= 0) {
    const needs = getNumber(budget, ['status', 'desiredHealthy']) ?? 0;
    const has = getNumber(budget, ['status', 'currentHealthy']) ?? 0;
    throw refusal(`The disruption budget ${stored.name} needs ${needs} healthy pods and has ${has} currently`);
  }
  const status = isJsonObject(budget['status']) ? budget['status'] : {};
  const disrupted = isJsonObject(status['disruptedPods']) ? status['disruptedPods'] : {};
  budget['status'] = { ...status, disruptionsAllowed: allowed - 1, disruptedPods: { ...disrupted, [pod]: now } };
  return (await budgets.replace(stored, budget)) !== undefined;
}

function refusal(message: string, retryAfterSeconds?: number): Error {
  const text = "Cannot evict pod as it would violate the pod's disruption budget.";
  return tooManyRequests(text, retryAfterSeconds, [{ reason: 'DisruptionBudget', message }]);
}
