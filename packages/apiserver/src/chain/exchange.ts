/**
 * One request on its way through the handler chain, and what the steps have found out about it so far.
 */
import { anonymousUser, type UserInfo } from '../authentication/user-info.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { RequestInfo } from '../request/request-info.ts';

export class Exchange {
  readonly request: ApiRequest;
  readonly auditId: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  info: RequestInfo;
  user: UserInfo = anonymousUser;
  /** What serves the resource of the path, once it is known that its verb and subresource are served, too. */
  served: object | undefined;
  #warnings: string[] | undefined;
  #onEnd: (() => void)[] | undefined;

  constructor(request: ApiRequest, info: RequestInfo, auditId: string, startedAt: number) {
    this.request = request;
    this.info = info;
    this.auditId = auditId;
    this.startedAt = startedAt;
  }

  /** Adds a `Warning` header; the same text only once. */
  warn(text: string): void {
    this.#warnings ??= [];
    if (text !== '' && !this.#warnings.includes(text)) this.#warnings.push(text);
  }

  get warnings(): readonly string[] {
    return this.#warnings ?? [];
  }

  /** Runs `release` when the exchange is over, whatever its end. */
  onEnd(release: () => void): void {
    this.#onEnd ??= [];
    this.#onEnd.push(release);
  }

  /** Called once by the chain when the answer is ready or has been streamed. */
  end(): void {
    const releases = this.#onEnd;
    this.#onEnd = undefined;
    if (releases !== undefined) for (const release of releases) release();
  }
}
