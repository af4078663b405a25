/**
 * What modules are asked for, as messages in JSON: helm's types of plugins, with bytes in base64 as Go writes them. Helm
 * 4.1.4 hands post-renderers nothing and takes nothing from them; here they get and give manifests that way too.
 */
import { errorText } from '@kindred/machinery';
import { ChartError } from '../../chart/chart.ts';
import { quote } from '../../go/quote.ts';
import type { GetterRequest } from '../../repositories/getter.ts';
import type { Plugin } from '../plugin.ts';
import type { ProcessOptions } from '../plugin-process.ts';
import { runWasm } from './run-wasm.ts';

/** The exit code of a command or a post-renderer. Throws ChartError when it fails otherwise. */
export async function runModule(
  plugin: Plugin,
  extraArgs: readonly string[],
  options: ProcessOptions,
): Promise<number> {
  if (plugin.type !== 'postrenderer/v1') {
    const { code, output } = await runWasm(plugin, { extraArgs }, { ...options, readsInput: true });
    if (code === 0) readMessage(output);
    return code;
  }
  const manifests = Buffer.from(options.input ?? '').toString('base64');
  try {
    const silent = { ...options, readsInput: false, output: () => undefined };
    const { code, output } = await runWasm(plugin, { manifests, extraArgs }, silent);
    if (code === 0) options.output(bytesAt(output, 'manifests'));
    return code;
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    throw new ChartError(`failed to invoke post-renderer plugin ${quote(plugin.name)}: ${error.message}`, {
      cause: error,
    });
  }
}

/** The file that a getter is asked for. Throws ChartError. */
export async function runModuleGetter(
  plugin: Plugin,
  request: GetterRequest,
  options: Omit<ProcessOptions, 'input' | 'output'>,
): Promise<Uint8Array> {
  const signals = request.signal === undefined ? [options.signal] : [options.signal, request.signal];
  const { code, output } = await runWasm(plugin, getterMessage(request), {
    ...options,
    signal: AbortSignal.any(signals),
    readsInput: false,
    output: () => undefined,
    errors: () => undefined,
  });
  if (code !== 0) throw new ChartError(`plugin ${quote(plugin.name)} exited with error`);
  const bytes = bytesAt(output, 'data');
  if (bytes.byteLength > request.maxBytes) throw new ChartError(`the file is larger than ${request.maxBytes} bytes`);
  return bytes;
}

function getterMessage(request: GetterRequest): object {
  return {
    href: request.href,
    protocol: request.scheme,
    options: {
      URL: request.url,
      CertFile: request.certFile,
      KeyFile: request.keyFile,
      CAFile: request.caFile,
      UNTar: false,
      InsecureSkipVerifyTLS: request.insecureSkipTlsVerify,
      PlainHTTP: false,
      AcceptHeader: request.accept,
      Username: request.username,
      Password: request.password,
      PassCredentialsAll: request.passCredentialsAll,
      UserAgent: '',
      Version: '',
      // Go counts nanoseconds.
      Timeout: request.timeoutMs * 1_000_000,
    },
  };
}

const PROBLEM = 'failed to json marshal plugin output message: reflect.Value:';

/** Throws ChartError for what is no JSON object. */
function readMessage(output: Uint8Array): Readonly<Record<string, unknown>> {
  const text = Buffer.from(output).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = text.trim() === '' ? 'unexpected end of JSON input' : errorText(error);
    throw new ChartError(`${PROBLEM} ${why}`, { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw new ChartError(`${PROBLEM} it is no object`);
  return Object.fromEntries(Object.entries(value));
}

function bytesAt(output: Uint8Array, member: string): Uint8Array {
  const value = readMessage(output)[member] ?? '';
  if (typeof value === 'string' && /^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value)) return Buffer.from(value, 'base64');
  throw new ChartError(`${PROBLEM} ${quote(member)} is not base64`);
}
