/**
 * An admission webhook of a test: an HTTPS server that answers AdmissionReviews with what a function says.
 */
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { JsonObject, Unstructured } from '@kindred/machinery';
import { createAuthority, issueCertificate } from '@kindred/machinery/certificates';

export interface ReceivedReview {
  readonly apiVersion: string;
  readonly path: string;
  readonly request: {
    readonly uid: string;
    readonly operation: string;
    readonly name?: string;
    readonly namespace?: string;
    readonly dryRun: boolean;
    readonly subResource?: string;
    readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
    readonly requestKind: { readonly group: string; readonly version: string; readonly kind: string };
    readonly userInfo: { readonly username: string };
    readonly object: Unstructured | null;
    readonly oldObject: Unstructured | null;
    readonly options: JsonObject | null;
  };
}

/** The members of `response` beside its uid, or a whole other answer. */
export type WebhookReply = JsonObject | { readonly status: number; readonly body: string } | 'silence';

export interface TestWebhook {
  readonly url: string;
  readonly port: number;
  readonly caBundle: string;
  readonly reviews: ReceivedReview[];
  /** Connections that were opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a webhook that ends with the test. Its certificate holds for 127.0.0.1 and for `serverName`. */
export async function createTestWebhook(
  t: TestContext,
  answer: (review: ReceivedReview) => WebhookReply,
  serverName = 'hook.default.svc',
): Promise<TestWebhook> {
  const validity = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const authority = createAuthority('test', validity);
  const { certificate, key } = issueCertificate(authority, {
    commonName: serverName,
    usages: ['serverAuth'],
    dnsNames: [serverName],
    ipAddresses: ['127.0.0.1'],
    ...validity,
  });
  const reviews: ReceivedReview[] = [];
  let connections = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      // The test looks only at what it has asked for.
      const review = { ...JSON.parse(Buffer.concat(chunks).toString()), path: request.url } as ReceivedReview;
      reviews.push(review);
      const reply = answer(review);
      if (reply === 'silence') return;
      if ('body' in reply && typeof reply['body'] === 'string') {
        response.writeHead(Number(reply['status'])).end(reply['body']);
        return;
      }
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({
          kind: 'AdmissionReview',
          apiVersion: review.apiVersion,
          response: { uid: review.request.uid, ...reply },
        }),
      );
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port of its own.
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  t.after(close);
  return {
    url: `https://127.0.0.1:${port}/review`,
    port,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    reviews,
    connections: () => connections,
    close,
  };
}

/** A reply that changes the object. */
export function patchReply(operations: readonly object[]): WebhookReply {
  return {
    allowed: true,
    patchType: 'JSONPatch',
    patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
  };
}
