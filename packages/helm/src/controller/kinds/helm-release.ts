/**
 * The kind HelmRelease: a chart and its values, kept installed. Whatever can say where a chart is has a field of its own in
 * `spec.chart`; the rest is spelled as in Flux's HelmRelease, so that a spec can be moved from one to the other.
 */
import { defineKind, type ObservedOf } from '@kindred/operator';
import { s } from '@kindred/schema';
import { releaseFields } from './release-fields.ts';
import { statusFields } from './release-status.ts';

const secretRef = s
  .object({ name: s.string() })
  .describe('Secret with username and password, and with ca.crt, tls.crt, tls.key.')
  .optional();

const keyring = s
  .object({ secretRef: s.object({ name: s.string() }).describe('Secret with OpenPGP keys.') })
  .describe("The archive needs a provenance file that is signed by one of the Secret's keys.")
  .optional();

const proxySecretRef = s.object({ name: s.string() }).describe('Secret with address, username, password.').optional();

const chart = s
  .object({
    repository: s
      .object({
        url: s.string().min(1).describe('Where index.yaml is.'),
        name: s.string().min(1).describe('Name of the chart.'),
        version: s.string().describe('A version, or a range of them; the newest when not given.').optional(),
        secretRef,
        passCredentials: s.boolean().describe('Also sends them to other hosts that the index names.').optional(),
        insecureSkipTLSVerify: s.boolean().optional(),
        verify: keyring,
      })
      .describe('A chart of an HTTP repository.')
      .optional(),
    oci: s
      .object({
        url: s.string().pattern('^oci://.*$').describe('oci://host/path/chart'),
        version: s.string().describe('A version, or a range of them; the newest when not given.').optional(),
        digest: s.string().pattern('^sha256:[0-9a-f]{64}$').describe('Of the manifest.').optional(),
        secretRef,
        insecure: s.boolean().describe('Talks HTTP.').optional(),
        verify: s
          .object({
            provider: s.enum('cosign', 'provenance').describe('cosign when not given.').optional(),
            secretRef: s
              .object({ name: s.string() })
              .describe('Secret with public keys (names end in .pub), or with OpenPGP keys for provenance.'),
          })
          .describe('Who must have signed the chart.')
          .optional(),
      })
      .describe('A chart of an OCI registry.')
      .optional(),
    git: s
      .object({
        url: s.string().min(1).describe('As git clone takes it.'),
        path: s.string().describe('Directory of the chart in the repository.').optional(),
        ref: s
          .object({
            branch: s.string().optional(),
            tag: s.string().optional(),
            semver: s.string().describe('The newest tag in this range.').optional(),
            name: s.string().describe('Of any reference, in full: refs/pull/7/head.').optional(),
            commit: s.string().pattern('^[0-9a-f]{40}$').optional(),
          })
          .describe('The commit goes before the name, that before the range, the tag and the branch.')
          .optional(),
        recurseSubmodules: s.boolean().describe('Also reads what submodules have.').optional(),
        ignore: s.string().describe('Files that do not count, in the form of .gitignore.').optional(),
        verify: s
          .object({
            mode: s.enum('HEAD', 'Tag', 'TagAndHEAD').describe('What must be signed; HEAD when not given.').optional(),
            secretRef: s.object({ name: s.string() }).describe('Secret with the OpenPGP keys of those who may sign.'),
          })
          .optional(),
        secretRef: s
          .object({ name: s.string() })
          .describe('Secret with username and password, bearerToken, or identity, known_hosts and password; ca.crt.')
          .optional(),
        proxySecretRef,
      })
      .describe('A chart in a git repository.')
      .optional(),
    bucket: s
      .object({
        endpoint: s.string().min(1).describe('Host, or host:port, of a server that speaks S3.'),
        bucketName: s.string().min(1),
        path: s.string().describe('Directory of the chart in the bucket, or its archive.').optional(),
        prefix: s.string().describe('What keys must begin with.').optional(),
        region: s.string().optional(),
        insecure: s.boolean().describe('Talks HTTP.').optional(),
        ignore: s.string().describe('Objects that do not count, in the form of .gitignore.').optional(),
        secretRef: s.object({ name: s.string() }).describe('Secret with accesskey and secretkey.').optional(),
        certSecretRef: s.object({ name: s.string() }).describe('Secret with ca.crt, tls.crt, tls.key.').optional(),
        proxySecretRef,
      })
      .describe('A chart in a bucket.')
      .optional(),
    archive: s
      .object({
        url: s.string().min(1),
        digest: s.string().pattern('^sha256:[0-9a-f]{64}$').optional(),
        secretRef,
        verify: keyring,
      })
      .describe('A packaged chart at a URL.')
      .optional(),
    configMap: s
      .object({ name: s.string(), key: s.string().describe('chart.tgz when not given.').optional() })
      .describe('A packaged chart in binaryData of a ConfigMap.')
      .optional(),
    inline: s.string().format('byte').describe('A packaged chart, in base64.').optional(),
    valuesFiles: s.array(s.string()).describe("Files of the chart whose values come over the chart's own.").optional(),
    ignoreMissingValuesFiles: s.boolean().optional(),
  })
  .describe('Exactly one of repository, oci, git, bucket, archive, configMap, inline.');

export const HelmRelease = defineKind({
  group: 'helm.kindred.dev',
  version: 'v1',
  kind: 'HelmRelease',
  plural: 'helmreleases',
  singular: 'helmrelease',
  scope: 'Namespaced',
  description: 'A release of a chart that is kept as it is described here.',
  spec: s
    .object({
      ...releaseFields,
      interval: releaseFields.interval.optional(),
      chart,
      externalChanges: s
        .enum('adopt', 'revert')
        .describe('What happens when somebody else upgrades the release or rolls it back; adopt when not given.')
        .optional(),
      strictValues: s
        .boolean()
        .describe('Refuses values that the chart does not have; false when not given.')
        .optional(),
      stableGenerators: s
        .boolean()
        .describe(
          'Passwords, keys and certificates that the chart generates stay from revision to revision; true when not given.',
        )
        .optional(),
      plan: s
        .boolean()
        .describe(
          'Each install and upgrade waits until its plan is approved: by the annotation helm.kindred.dev/approve.',
        )
        .optional(),
    })
    .describe('What to install, and how.'),
  status: s
    .object({
      ...statusFields,
      plan: s
        .object({
          digest: s.string().describe('What the annotation must say.'),
          base: s.integer().describe('The revision that it would change; 0 for none.'),
          summary: s.string(),
          changes: s.array(s.string()).describe('Objects that would come, change, or go.'),
          configMap: s.string().describe('Has the differences line by line.'),
        })
        .describe('What waits for approval.'),
      driftedObjects: s.array(s.string()).describe('What differs from the release, as last looked at.'),
      conditions: s.conditions(
        'Ready',
        'Released',
        'TestSuccess',
        'Remediated',
        'Reconciling',
        'Stalled',
        'ReleasedExternally',
        'LeftBehind',
        'Drifted',
      ),
    })
    .describe('What is installed.'),
  columns: [
    { name: 'Ready', path: '.status.conditions[?(@.type=="Ready")].status', description: 'Whether it is as described' },
    { name: 'Revision', path: '.status.history[0].version', description: 'Revision of the release' },
    { name: 'Chart', path: '.status.history[0].chartName', description: 'Name of the chart', priority: 1 },
    { name: 'Version', path: '.status.history[0].chartVersion', description: 'Version of the chart' },
    { name: 'Status', path: '.status.conditions[?(@.type=="Ready")].message', description: 'How it stands' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

/** A HelmRelease as the API server has it. */
export type HelmRelease = ObservedOf<typeof HelmRelease>;
