/** What a registry says was wrong (`{"errors":[{code,message,detail}]}`), with method and address. */
import { goQuote, isJsonObject } from '@kindred/machinery';
import { ChartError } from '../chart/chart.ts';
import { goText } from '../go/format.ts';
import { decodeGoJson } from '../go/json-reader.ts';
import type { HttpAnswer } from '../http/http-client.ts';
import { redacted } from '../http/request-error.ts';

export function registryError(method: string, answer: HttpAnswer): ChartError {
  const details = errorDetails(answer.body);
  const reason = details === '' ? answer.statusLine.replace(/^\d+ ?/, '') : details;
  return requestProblem(method, answer.url, `response status code ${answer.status}: ${reason}`);
}

/** A problem with a request, whoever found it. */
export function requestProblem(method: string, url: URL, problem: string, cause?: unknown): ChartError {
  return new ChartError(`${method} ${goQuote(redacted(url))}: ${problem}`, { cause });
}

function errorDetails(body: Uint8Array): string {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    if (error instanceof SyntaxError) return '';
    throw error;
  }
  const errors = isJsonObject(value) && Array.isArray(value['errors']) ? value['errors'] : [];
  return errors
    .filter(isJsonObject)
    .map(({ code, message, detail }) => {
      const parts = [typeof code === 'string' ? code.toLowerCase().replaceAll('_', ' ') : ''];
      if (typeof message === 'string' && message !== '') {
        parts.push(
          message,
          ...(detail === undefined || detail === null ? [] : [goText(decodeGoJson(JSON.stringify(detail)))]),
        );
      }
      return parts.filter((part) => part !== '').join(': ');
    })
    .join('; ');
}
