/** The kind ReleaseRevision: one record of a release, `web.v3`; all of them are what `helm history` tells. */
import { defineKind } from '@kindred/operator';
import { s } from '@kindred/schema';
import { chartField, GROUP, type ObjectOf, statusFields, targetNamespaceField, valuesField } from './release-fields.ts';

export const ReleaseRevision = defineKind({
  ...GROUP,
  kind: 'ReleaseRevision',
  plural: 'releaserevisions',
  singular: 'releaserevision',
  shortNames: ['relrev'],
  scope: 'Namespaced',
  description: 'One revision of a release of helm; its label name is the name of the release.',
  spec: s
    .object({
      releaseName: s.string(),
      chart: chartField,
      values: valuesField,
      targetNamespace: targetNamespaceField,
    })
    .describe('What was installed.'),
  status: s.object(statusFields).describe('What became of it.'),
});

export type ReleaseRevision = ObjectOf<typeof ReleaseRevision>;
