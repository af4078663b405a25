/**
 * The parts of a spec that our HelmRelease and Flux's (`helm.toolkit.fluxcd.io/v2`) have in common: how a release is
 * installed, upgraded, tested, remedied and watched, and where its values come from.
 */
import { s } from '@kindred/schema';

/** Go's notation of a length of time. */
const duration = () => s.string().pattern('^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$');

/** Which objects of a release are meant; what is not given matches everything. */
const target = s.object({
  group: s.string().optional(),
  version: s.string().optional(),
  kind: s.string().optional(),
  name: s.string().describe('A regular expression for the whole name.').optional(),
  namespace: s.string().describe('A regular expression for the whole namespace.').optional(),
  labelSelector: s.string().optional(),
  annotationSelector: s.string().optional(),
});

const crds = s
  .enum('Skip', 'Create', 'CreateReplace')
  .describe('What happens to the definitions below crds/.')
  .optional();

const switches = {
  disableHooks: s.boolean().describe('Leaves hooks out.').optional(),
  disableWait: s.boolean().describe('Is done once the objects are written.').optional(),
  disableWaitForJobs: s.boolean().describe('Does not wait for Jobs to complete.').optional(),
  disableOpenAPIValidation: s.boolean().optional(),
  disableSchemaValidation: s.boolean().describe('Skips values.schema.json.').optional(),
  timeout: duration().describe('Limit of this action; the timeout of the spec when not given.').optional(),
};

const strategy = s
  .object({
    name: s.enum('RemediateOnFailure', 'RetryOnFailure'),
    retryInterval: duration().describe('Pause between attempts of RetryOnFailure; 5m when not given.').optional(),
  })
  .describe('What follows a failure: remediation, or another attempt after a while; the first when not given.')
  .optional();

const disableTakeOwnership = s
  .boolean()
  .describe('Objects that nobody or another release owns are not taken.')
  .optional();

const serverSideApply = s.enum('enabled', 'disabled', 'auto').describe('auto goes on as before.').optional();

/** Fields of a release's spec, whatever kind asks for it. */
export const releaseFields = {
  interval: duration().describe('How often the source is asked for something new.'),
  timeout: duration().describe('Limit of each action, 5m when not given.').optional(),
  suspend: s.boolean().describe('Leaves the release as it is.').optional(),
  releaseName: s.string().min(1).max(53).describe("Name of the release; the object's own when not given.").optional(),
  targetNamespace: s.string().min(1).max(63).describe('Namespace of the release.').optional(),
  storageNamespace: s.string().min(1).max(63).describe("Namespace of the release's records.").optional(),
  dependsOn: s
    .array(s.object({ name: s.string(), namespace: s.string().optional(), readyExpr: s.string().optional() }))
    .describe('Releases that must be ready first.')
    .optional(),
  maxHistory: s.integer().min(0).describe('Revisions that are kept, 5 when not given; 0 keeps all.').optional(),
  serviceAccountName: s.string().min(1).max(253).describe('Who acts; the controller itself when not given.').optional(),
  kubeConfig: s
    .object({
      secretRef: s
        .object({ name: s.string().min(1), key: s.string().describe('value or value.yaml when not given.').optional() })
        .describe('A Secret with a kubeconfig that needs nothing outside of it.')
        .optional(),
      configMapRef: s
        .object({ name: s.string().min(1) })
        .describe("A ConfigMap with the address of a cluster that trusts this one's tokens.")
        .optional(),
    })
    .describe('Another cluster that the release goes to.')
    .optional(),
  persistentClient: s.boolean().optional(),
  driftDetection: s
    .object({
      mode: s.enum('enabled', 'warn', 'disabled').optional(),
      ignore: s
        .array(s.object({ paths: s.array(s.string()).describe('JSON pointers.'), target: target.optional() }))
        .optional(),
    })
    .describe('Compares the objects of the release with what was installed.')
    .optional(),
  install: s
    .object({
      ...switches,
      crds,
      skipCRDs: s.boolean().optional(),
      replace: s.boolean().optional(),
      strategy,
      disableTakeOwnership,
      serverSideApply: s.boolean().describe('true when not given.').optional(),
      createNamespace: s.boolean().describe('Makes the target namespace when it is missing.').optional(),
      remediation: s
        .object({
          retries: s.integer().min(-1).describe('Further attempts after a failure; -1 for no limit.').optional(),
          ignoreTestFailures: s.boolean().optional(),
          remediateLastFailure: s.boolean().optional(),
        })
        .optional(),
    })
    .optional(),
  upgrade: s
    .object({
      ...switches,
      crds,
      cleanupOnFail: s.boolean().optional(),
      force: s.boolean().optional(),
      preserveValues: s.boolean().optional(),
      strategy,
      disableTakeOwnership,
      serverSideApply,
      chartNameChangeStrategy: s
        .enum('Reinstall', 'InPlaceUpdate')
        .describe('What happens when the chart has another name than the one that is installed.')
        .optional(),
      remediation: s
        .object({
          retries: s.integer().min(-1).describe('Further attempts after a failure; -1 for no limit.').optional(),
          ignoreTestFailures: s.boolean().optional(),
          remediateLastFailure: s.boolean().optional(),
          strategy: s.enum('rollback', 'uninstall').optional(),
        })
        .optional(),
    })
    .optional(),
  test: s
    .object({
      enable: s.boolean().describe('Runs the tests of the chart after each install and upgrade.').optional(),
      timeout: duration().optional(),
      ignoreFailures: s.boolean().optional(),
      filters: s.array(s.object({ name: s.string(), exclude: s.boolean().optional() })).optional(),
    })
    .optional(),
  rollback: s
    .object({
      ...switches,
      cleanupOnFail: s.boolean().optional(),
      force: s.boolean().optional(),
      recreate: s.boolean().optional(),
      serverSideApply,
    })
    .optional(),
  uninstall: s
    .object({
      timeout: duration().optional(),
      disableHooks: s.boolean().optional(),
      disableWait: s.boolean().optional(),
      keepHistory: s.boolean().optional(),
      deletionPropagation: s.enum('background', 'foreground', 'orphan').optional(),
    })
    .optional(),
  valuesFrom: s
    .array(
      s.object({
        kind: s.enum('ConfigMap', 'Secret'),
        name: s.string().min(1).max(253),
        valuesKey: s.string().describe('values.yaml when not given.').optional(),
        targetPath: s
          .string()
          .describe('Puts the text there, as --set does; the whole is YAML when not given.')
          .optional(),
        literal: s.boolean().describe('Puts the text at targetPath as it is.').optional(),
        optional: s.boolean().optional(),
      }),
    )
    .describe('Values from objects of the same namespace, in order; `values` comes over them.')
    .optional(),
  values: s.any().describe('Values for the chart.').optional(),
  waitStrategy: s
    .object({ name: s.enum('poller', 'legacy') })
    .describe("Whose rules say what is ready: kstatus' (poller) or those of Helm 3.")
    .optional(),
  healthCheckExprs: s
    .array(
      s.object({
        apiVersion: s.string().describe('Its group counts.'),
        kind: s.string().describe('All of the group when not given.').optional(),
        current: s.string(),
        inProgress: s.string().optional(),
        failed: s.string().optional(),
      }),
    )
    .describe('Expressions (CEL) over the fields of objects, that say how far these are.')
    .optional(),
  postRenderStrategy: s
    .enum('nohooks', 'combined', 'separate')
    .describe('Whether post-renderers see hooks; they do unless nohooks is given.')
    .optional(),
  postRenderers: s
    .array(
      s.object({
        kustomize: s
          .object({
            patches: s
              .array(s.object({ patch: s.string(), target: target.optional() }))
              .describe('Strategic merge patches, or JSON patches with a target.')
              .optional(),
            images: s
              .array(
                s.object({
                  name: s.string(),
                  newName: s.string().optional(),
                  newTag: s.string().optional(),
                  digest: s.string().optional(),
                }),
              )
              .optional(),
          })
          .optional(),
      }),
    )
    .describe('Changes of what the chart renders.')
    .optional(),
};
