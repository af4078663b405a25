/**
 * Programs that keep credentials for docker (`docker-credential-<name>`): started with `get`, `store` or `erase`, they
 * read from standard input and answer on standard output.
 */
import { spawn } from 'node:child_process';
import { errorText, isJsonObject } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import type { Credential } from './credential.ts';

export interface CredentialHelper {
  /** Undefined when the program knows no credential for the server. */
  readonly get: (name: string, serverUrl: string) => Promise<Credential | undefined>;
  readonly store: (
    name: string,
    credential: { readonly serverUrl: string; readonly username: string; readonly secret: string },
  ) => Promise<void>;
  readonly erase: (name: string, serverUrl: string) => Promise<void>;
}

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT = 1024 * 1024;
const NOT_FOUND = 'credentials not found in native keychain';

/** Starts the programs found on the PATH. */
export const spawnCredentialHelper: CredentialHelper = {
  async get(name, serverUrl) {
    const { code, output } = await run(name, 'get', serverUrl);
    if (code !== 0) {
      if (output.trim() === NOT_FOUND) return undefined;
      throw new ChartError(`docker-credential-${name} get: ${output.trim()}`);
    }
    return credentialOf(name, output);
  },
  async store(name, { serverUrl, username, secret }) {
    await succeed(name, 'store', JSON.stringify({ ServerURL: serverUrl, Username: username, Secret: secret }));
  },
  async erase(name, serverUrl) {
    await succeed(name, 'erase', serverUrl);
  },
};

async function succeed(name: string, verb: string, input: string): Promise<void> {
  const { code, output } = await run(name, verb, input);
  if (code !== 0) throw new ChartError(`docker-credential-${name} ${verb}: ${output.trim()}`);
}

function credentialOf(name: string, output: string): Credential | undefined {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch (error) {
    // The output may hold the secret: it stays out of the message.
    throw new ChartError(`docker-credential-${name} get: the answer is not JSON`, {
      cause: new Error(errorText(error).slice(0, 20)),
    });
  }
  if (!isJsonObject(value)) return undefined;
  const { Username: username, Secret: secret } = value;
  if (typeof username !== 'string' || typeof secret !== 'string' || secret === '') return undefined;
  return username === '<token>'
    ? { kind: 'refresh-token', token: secret }
    : { kind: 'basic', username, password: secret };
}

async function run(name: string, verb: string, input: string): Promise<{ code: number; output: string }> {
  if (!/^[\w.-]+$/.test(name)) throw new ChartError(`invalid name of a credential helper: ${JSON.stringify(name)}`);
  const child = spawn(`docker-credential-${name}`, [verb], {
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: TIMEOUT_MS,
    shell: false,
  });
  let output = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    output += chunk;
    if (output.length > MAX_OUTPUT) child.kill();
  });
  // A program that ends without reading is told of by its exit code.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', (error) =>
      reject(new ChartError(`failed to start docker-credential-${name}: ${error.message}`, { cause: error })),
    );
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}
