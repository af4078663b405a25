/**
 * The kind Release: a release of helm as it stands, made of the newest of its records. It is what `helm list`, `status` and
 * `get` tell, for whoever has kubectl only.
 */
import { defineKind } from '@kindred/operator';
import { s } from '@kindred/schema';
import { chartField, GROUP, type ObjectOf, statusFields, targetNamespaceField, valuesField } from './release-fields.ts';

export const Release = defineKind({
  ...GROUP,
  kind: 'Release',
  plural: 'releases',
  singular: 'release',
  shortNames: ['rel'],
  scope: 'Namespaced',
  description: 'A release of helm: a chart that is installed, made of the newest of its records.',
  spec: s
    .object({
      chart: chartField,
      values: valuesField,
      targetNamespace: targetNamespaceField,
      rollbackTo: s
        .object({
          revision: s
            .integer()
            .min(0)
            .describe('0 for the newest before the last that was ever successful.')
            .default(0),
        })
        .describe('Setting it rolls the release back; it is never there when the release is read.')
        .optional(),
    })
    .describe('What is installed.'),
  status: s.object(statusFields).describe('How it stands.'),
});

export type Release = ObjectOf<typeof Release>;
