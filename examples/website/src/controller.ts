/**
 * The controller of Websites: from what is there to what should be there.
 *
 * It never reacts to an event as such. Whatever happens to a Website, its children or its pods, the function below is called
 * with the present state and says what should be; a missed event or a restart makes no difference.
 */
import { Deployment } from '@kindred/apis/apps/v1';
import { Pod, Service } from '@kindred/apis/core/v1';
import { controller, watch } from '@kindred/operator';
import { deploymentFor, serviceFor, websiteLabel } from './children.ts';
import { newestPod, readyCondition, syncedCondition } from './site-state.ts';
import { Website } from './website.ts';

const byWebsite = 'website';

/** `namespace/name` of the Website that a pod serves. */
const websiteOf = (pod: Pod): string[] => [`${pod.metadata.namespace}/${pod.metadata.labels?.[websiteLabel]}`];

export const websites = controller(Website, {
  name: 'website-controller',
  // Children get an owner reference: they go when the Website goes, and their changes lead back here.
  owns: [Deployment, Service],
  // Pods belong to the Deployment's ReplicaSet, so they are found by label.
  watches: [watch(Pod, { scope: { labelSelector: websiteLabel }, to: websiteOf, indexes: { [byWebsite]: websiteOf } })],
  reconcile({ object: site, owned, lister }) {
    // A definition without a schema for it (manifests/website-crd.yaml) lets a Website without a repository in.
    const gitRepo: string | undefined = site.spec?.gitRepo;
    if (!gitRepo) return { conditions: { Ready: [false, 'NoRepository', 'spec.gitRepo is not set'] } };
    const { name, namespace } = site.metadata;
    const pod = newestPod(lister(Pod).byIndex(byWebsite, `${namespace}/${name}`));
    const available = owned(Deployment)[0]?.status?.availableReplicas ?? 0;
    const nodePort = owned(Service)[0]?.spec?.ports?.[0]?.nodePort;
    const host = pod?.status?.hostIP;
    return {
      // Applied when they differ from what is there; a child that isn't returned any more would be deleted.
      children: [deploymentFor(site), serviceFor(site)],
      status: {
        ...(nodePort === undefined ? {} : { nodePort }),
        ...(nodePort === undefined || host === undefined ? {} : { url: `http://${host}:${nodePort}/` }),
      },
      // Times, generations and events are filled in; nothing is written while nothing changes.
      conditions: {
        Ready: readyCondition(available, pod),
        Synced: syncedCondition(pod, gitRepo),
      },
    };
  },
});
