/**
 * The ServiceAccount admission plugin: every pod runs as a service account that exists, and gets that account's token,
 * the cluster's CA and its namespace mounted, as "Managing Service Accounts" in the Kubernetes documentation describes.
 */
import type { Clock, Unstructured } from '@kindred/machinery';
import { forbidden } from '@kindred/machinery';
import type { ApiStorage, ResourceStorage } from '../storage/resource-storage.ts';
import type { StoredObject } from '../storage/stored-object.ts';
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts';

export interface ServiceAccountAdmissionOptions {
  readonly storage: ApiStorage;
  readonly clock: Clock;
  /** Five lower-case letters or digits that make a volume's name unique. */
  readonly randomSuffix: () => string;
}

interface PodSpec {
  serviceAccountName?: string;
  serviceAccount?: string;
  automountServiceAccountToken?: boolean;
  imagePullSecrets?: { name: string }[];
  volumes?: { name: string }[];
  containers: Container[];
  initContainers?: Container[];
}

interface Container {
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[];
}

const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Set on pods that a node made for itself (static pods), which have no service account. */
const mirrorAnnotation = 'kubernetes.io/config.mirror';
/** The token controller makes `default` right after its namespace; a pod that comes as early waits this long (ms). */
const waitForDefault = 5_000;

/** @example const plugin = await serviceAccountAdmission({ storage, randomSuffix: () => 'x7k2q' }); */
export async function serviceAccountAdmission(options: ServiceAccountAdmissionOptions): Promise<AdmissionPlugin> {
  const accounts = await options.storage.open('', 'serviceaccounts');
  return {
    name: 'ServiceAccount',
    operations: ['CREATE'],
    handles: (group, resource, subresource) => group === '' && resource === 'pods' && subresource === '',
    admit: (attributes) => admitPod(attributes, accounts, options),
  };
}

async function admitPod(
  attributes: AdmissionAttributes,
  accounts: ResourceStorage,
  { clock, randomSuffix }: ServiceAccountAdmissionOptions,
): Promise<void> {
  const pod = attributes.object;
  if (pod === undefined || pod.metadata.annotations?.[mirrorAnnotation] !== undefined) return;
  // Defaulting and the schema check ran before admission, so spec and containers are there.
  const spec = pod['spec'] as PodSpec;
  const name = spec.serviceAccountName || spec.serviceAccount || 'default';
  spec.serviceAccountName = name;
  spec.serviceAccount = name;
  const account = await findAccount(accounts, attributes.namespace, name, clock);
  if (account === undefined) {
    const { group, resource } = attributes.resource;
    const text = `error looking up service account ${attributes.namespace}/${name}: serviceaccount "${name}" not found`;
    throw forbidden({ group, resource }, attributes.name, text);
  }
  if (mountsToken(spec, account.object)) mountToken(spec, randomSuffix);
  addPullSecrets(spec, account.object);
}

async function findAccount(
  accounts: ResourceStorage,
  namespace: string,
  name: string,
  clock: Clock,
): Promise<StoredObject | undefined> {
  const found = accounts.get(namespace, name);
  if (found !== undefined || name !== 'default') return found;
  return new Promise((resolve) => {
    const finish = (): void => {
      cancel();
      watch.close();
      resolve(accounts.get(namespace, name));
    };
    const cancel = clock.after(waitForDefault, finish);
    const watch = accounts.watch(
      { since: accounts.revision, namespace },
      {
        onEvents: () => {
          if (accounts.get(namespace, name) !== undefined) finish();
        },
        onEnd: finish,
      },
    );
  });
}

function mountsToken(spec: PodSpec, account: Unstructured): boolean {
  const ofAccount = account['automountServiceAccountToken'];
  return spec.automountServiceAccountToken ?? (typeof ofAccount === 'boolean' ? ofAccount : true);
}

function mountToken(spec: PodSpec, randomSuffix: () => string): void {
  const volume = `kube-api-access-${randomSuffix()}`;
  let mounted = false;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    const mounts = (container.volumeMounts ??= []);
    if (mounts.some((mount) => mount.mountPath === mountPath)) continue;
    mounts.push({ name: volume, readOnly: true, mountPath });
    mounted = true;
  }
  if (mounted) (spec.volumes ??= []).push(accessVolume(volume));
}

/** Token, CA and namespace in one projected volume, with the modes and lifetime that upstream gives them. */
function accessVolume(name: string): { name: string } & Record<string, unknown> {
  return {
    name,
    projected: {
      defaultMode: 0o644,
      sources: [
        { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
    },
  };
}

function addPullSecrets(spec: PodSpec, account: Unstructured): void {
  const secrets = account['imagePullSecrets'];
  if ((spec.imagePullSecrets ?? []).length > 0 || !Array.isArray(secrets)) return;
  spec.imagePullSecrets = secrets.map((secret: { name: string }) => ({ name: secret.name }));
}
