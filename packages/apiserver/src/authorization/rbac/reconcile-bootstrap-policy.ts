/**
 * Brings the default roles and bindings into storage at start: makes what is missing, and gives back what was taken from
 * them, as long as they carry the annotation `rbac.authorization.kubernetes.io/autoupdate: "true"`.
 */
import type { Unstructured } from '@kindred/machinery';
import { deepEqual, formatTime } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../../storage/resource-storage.ts';
import { bootstrapObjects } from './bootstrap-policy.ts';
import type { PolicyRule } from './policy-rule.ts';
import { uncoveredRules } from './policy-rule.ts';

const group = 'rbac.authorization.k8s.io';
const autoUpdate = 'rbac.authorization.kubernetes.io/autoupdate';

const resourceOfKind: Readonly<Record<string, string>> = {
  Role: 'roles',
  ClusterRole: 'clusterroles',
  RoleBinding: 'rolebindings',
  ClusterRoleBinding: 'clusterrolebindings',
};

export interface ReconcilePolicyOptions {
  readonly storage: ApiStorage;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly randomUuid: () => string;
}

export async function reconcileBootstrapPolicy({ storage, now, randomUuid }: ReconcilePolicyOptions): Promise<void> {
  const { roles, bindings } = bootstrapObjects();
  await Promise.all(
    [...roles, ...bindings].map(async (wanted) => {
      const resource = await storage.open(group, resourceOfKind[wanted.kind] ?? '');
      const fresh = {
        ...wanted,
        metadata: { ...wanted.metadata, uid: randomUuid(), creationTimestamp: formatTime(now) },
      };
      await reconcile(resource, fresh);
    }),
  );
}

async function reconcile(resource: ResourceStorage, wanted: Unstructured): Promise<void> {
  const { namespace = '', name = '' } = wanted.metadata;
  const stored = resource.get(namespace, name);
  if (stored === undefined) {
    await resource.create(namespace, name, wanted);
    return;
  }
  const { object } = stored;
  if (object.metadata.annotations?.[autoUpdate] !== 'true') return;
  const restored = wanted['roleRef'] === undefined ? restoreRules(object, wanted) : restoreSubjects(object, wanted);
  if (restored !== undefined) await resource.replace(stored, restored);
}

/** Rules that somebody added stay. */
function restoreRules(object: Unstructured, wanted: Unstructured): Unstructured | undefined {
  // Stored roles have passed validation.
  const rules = (object['rules'] ?? []) as PolicyRule[];
  const missing = uncoveredRules(rules, (wanted['rules'] ?? []) as PolicyRule[]);
  return missing.length === 0 ? undefined : { ...object, rules: [...rules, ...missing] };
}

function restoreSubjects(object: Unstructured, wanted: Unstructured): Unstructured | undefined {
  const subjects = (object['subjects'] ?? []) as unknown[];
  const missing = ((wanted['subjects'] ?? []) as unknown[]).filter(
    (subject) => !subjects.some((existing) => deepEqual(existing, subject)),
  );
  return missing.length === 0 ? undefined : { ...object, subjects: [...subjects, ...missing] };
}
