/** The answer of a credential program: kind ExecCredential of client.authentication.k8s.io. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { decodeYaml, errorText, isJsonObject, type JsonValue } from '@kindred/machinery';
import type { Credentials } from '../../http-transport/credential-source.ts';

/** @throws Error in client-go's words */
export function readExecCredential(
  text: string,
  apiVersion: string,
): { readonly credentials: Credentials; readonly expires: number } {
  const value = decoded(text);
  const { status, kind = '' } = value;
  const version = textOf(value['apiVersion']);
  if (version !== apiVersion) {
    const given = version === '' ? 'client.authentication.k8s.io/__internal' : version;
    throw new Error(`exec plugin is configured to use API version ${apiVersion}, plugin returned version ${given}`);
  }
  if (kind !== 'ExecCredential') {
    throw new Error(`decoding stdout: no kind ${JSON.stringify(kind)} is registered for version "${apiVersion}"`);
  }
  if (!isJsonObject(status)) throw new Error("exec plugin didn't return a status field");
  const [token, cert, key] = [
    textOf(status['token']),
    textOf(status['clientCertificateData']),
    textOf(status['clientKeyData']),
  ];
  if (token === '' && cert === '' && key === '') {
    throw new Error("exec plugin didn't return a token or cert/key pair");
  }
  if ((cert === '') !== (key === '')) throw new Error('exec plugin returned only certificate or key, not both');
  if (cert !== '') expectPair(cert, key);
  return {
    credentials: { ...(token === '' ? {} : { token }), ...(cert === '' ? {} : { cert, key }) },
    expires: expiry(status['expirationTimestamp']),
  };
}

function decoded(text: string): Readonly<Record<string, JsonValue>> {
  let value: JsonValue;
  try {
    value = decodeYaml(Buffer.from(text)).value;
  } catch (error) {
    throw new Error(`decoding stdout: couldn't get version/kind; json parse error: ${errorText(error)}`, {
      cause: error,
    });
  }
  if (value === null) return {};
  if (isJsonObject(value)) return value;
  throw new Error("decoding stdout: couldn't get version/kind; json parse error: json: it is no object");
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function expectPair(cert: string, key: string): void {
  const problem = 'failed parsing client key/certificate: tls:';
  if (!cert.includes('-----BEGIN')) throw new Error(`${problem} failed to find any PEM data in certificate input`);
  if (!key.includes('-----BEGIN')) throw new Error(`${problem} failed to find any PEM data in key input`);
  let isPair: boolean;
  try {
    isPair = new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    // The cause may quote the key.
    throw new Error(
      `${problem} failed to parse certificate or private key (${error instanceof Error ? error.name : ''})`,
    );
  }
  if (!isPair) throw new Error(`${problem} private key does not match public key`);
}

function expiry(value: JsonValue | undefined): number {
  if (value === undefined || value === null) return Number.POSITIVE_INFINITY;
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(time)) throw new Error(`decoding stdout: expirationTimestamp ${JSON.stringify(value)} is no time`);
  return time;
}
