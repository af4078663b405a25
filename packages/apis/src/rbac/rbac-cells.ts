/** Cells of role bindings. */
import type { ClusterRoleBinding, RoleBinding, Subject } from '../gen/types/rbac/v1.ts';
import { ageOf } from '../printing/age.ts';

export function roleBindingCells(
  { metadata, roleRef, subjects }: RoleBinding | ClusterRoleBinding,
  now: number,
): unknown[] {
  const named = (kind: string, text: (subject: Subject) => string) =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(text)
      .join(', ');
  return [
    metadata.name ?? '',
    `${roleRef?.kind ?? ''}/${roleRef?.name ?? ''}`,
    ageOf(metadata.creationTimestamp, now),
    named('User', ({ name }) => name),
    named('Group', ({ name }) => name),
    named('ServiceAccount', ({ name, namespace = '' }) => `${namespace}/${name}`),
  ];
}
