/** The admin's kubeconfig: one cluster, one user with a client certificate, one context. */

import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClusterCertificates } from '@kindred/apiserver';
import { emptyKubeconfig, writeKubeconfig } from '@kindred/client';
import { errorText } from '@kindred/machinery';
import { Fault } from '../fault.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Throws KND_KUBECONFIG when the file can't be written. */
export async function writeAdminKubeconfig(
  path: string,
  { authority, admin }: ClusterCertificates,
  server: string,
): Promise<void> {
  const content = {
    ...emptyKubeconfig(),
    'current-context': 'kindred',
    clusters: [{ name: 'kindred', cluster: { server, 'certificate-authority-data': base64(authority.certificate) } }],
    contexts: [{ name: 'kindred', context: { cluster: 'kindred', user: 'kubernetes-admin' } }],
    users: [
      {
        name: 'kubernetes-admin',
        user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
      },
    ],
  };
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeKubeconfig(path, content);
  } catch (error) {
    const reason = errorText(error);
    const hint = 'Choose a place that can be written with --write-kubeconfig.';
    throw new Fault('KND_KUBECONFIG', `The kubeconfig ${path} cannot be written: ${reason}`, hint, { cause: error });
  }
}
