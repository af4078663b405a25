/** A webhook for tests: refuses what has the label `denied`, warns of `odd`, and labels what it is asked to change. */
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';

interface Review {
  readonly request: {
    readonly uid: string;
    readonly object: { readonly metadata: { labels?: Record<string, string> } };
  };
}

export interface AdmissionWebhook {
  /** `clientConfig` of a configuration. */
  clientConfig(path: '/validate' | '/mutate'): { readonly url: string; readonly caBundle: string };
  close(): Promise<void>;
}

export async function startAdmissionWebhook(): Promise<AdmissionWebhook> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = createAuthority('test', validity);
  const leaf = { commonName: 'webhook', usages: ['serverAuth'] as const, ipAddresses: ['127.0.0.1'], ...validity };
  const { certificate, key } = issueCertificate(authority, leaf);
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const answer = request.url?.startsWith('/mutate') ? mutation() : verdict(review);
      response.setHeader('content-type', 'application/json');
      const body = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
      response.end(JSON.stringify({ ...body, response: { uid: review.request.uid, ...answer } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port of its own.
  const { port } = server.address() as AddressInfo;
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    clientConfig: (path) => ({ url: `https://127.0.0.1:${port}${path}`, caBundle }),
    close: () => closed(server),
  };
}

function verdict({ request }: Review): object {
  const { labels = {} } = request.object.metadata;
  if (labels['denied'] !== undefined) {
    return { allowed: false, status: { code: 403, reason: 'Forbidden', message: `not ${labels['denied']}` } };
  }
  return { allowed: true, ...(labels['odd'] === undefined ? {} : { warnings: ['that is odd'] }) };
}

function mutation(): object {
  const patch = JSON.stringify([{ op: 'add', path: '/metadata/annotations', value: { seen: 'yes' } }]);
  return { allowed: true, patchType: 'JSONPatch', patch: Buffer.from(patch).toString('base64') };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
