/**
 * The HTTP/2 connections of a server and the requests on them. A connection over which nothing has been asked for a while,
 * and on which no answer is under way, is closed.
 */
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';
import type { Clock } from '@kindred/machinery';
import type { Handler } from '../chain/handler-chain.ts';
import type { ApiResponse } from '../request/api-response.ts';
import type { BodyReading } from './body-reader.ts';
import { respondHttp2 } from './http2-exchange.ts';
import { type Connection, NetworkRequest, type RequestHead } from './network-request.ts';

/** What happens on a connection. */
interface Activity {
  openStreams: number;
  /** Whole checks since a stream was opened or closed, or the client asked whether the server lives. */
  idleChecks: number;
}

/** How often connections are looked at: idle ones last up to that much longer than they should. */
const checkInterval = 60_000;

export interface Http2SessionsOptions {
  readonly handler: Handler;
  readonly reading: BodyReading;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly idleTimeout: number;
}

export class Http2Sessions {
  readonly #options: Http2SessionsOptions;
  readonly #sessions = new Map<ServerHttp2Session, Activity>();
  #cancelCheck: (() => void) | undefined;

  constructor(options: Http2SessionsOptions) {
    this.#options = options;
  }

  /** Answers what comes over the connection. */
  add(session: ServerHttp2Session, connection: Connection): void {
    const activity: Activity = { openStreams: 0, idleChecks: 0 };
    this.#sessions.set(session, activity);
    if (this.#cancelCheck === undefined) this.#planCheck();
    session.once('close', () => this.#sessions.delete(session));
    session.on('error', () => session.destroy());
    session.on('ping', () => {
      activity.idleChecks = 0;
    });
    const onStream = (
      stream: ServerHttp2Stream,
      headers: IncomingHttpHeaders,
      _flags: number,
      rawHeaders: readonly string[],
    ): void => this.#answer(stream, headOf(headers, rawHeaders), connection, activity);
    session.on('stream', onStream);
  }

  /** Takes no more requests; each connection ends with its last answer. */
  close(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = undefined;
    for (const session of this.#sessions.keys()) session.close();
  }

  /** Breaks off what is left. */
  destroy(): void {
    for (const session of this.#sessions.keys()) session.destroy();
  }

  #answer(stream: ServerHttp2Stream, head: RequestHead, connection: Connection, activity: Activity): void {
    const { handler, reading } = this.#options;
    const request = new NetworkRequest(head, stream, connection, reading);
    activity.openStreams++;
    activity.idleChecks = 0;
    // Each listener on a stream costs as much as an authorization: there is one for all that its end means.
    stream.on('close', () => {
      activity.openStreams--;
      activity.idleChecks = 0;
      request.close();
    });
    stream.on('error', ignore);
    // What can't be said in the protocol (a header that it doesn't allow) ends this stream, not the server.
    const breakOff = (): void => void stream.destroy();
    const respond = (response: ApiResponse): void => {
      try {
        respondHttp2(stream, request.method, response)?.catch(breakOff);
      } catch {
        breakOff();
      }
    };
    try {
      const response = handler(request);
      if (response instanceof Promise) response.then(respond, breakOff);
      else respond(response);
    } catch {
      breakOff();
    }
  }

  // By a timer for all: the sessions' own would be set anew by every frame, several times for each request.
  #planCheck(): void {
    const { clock, idleTimeout } = this.#options;
    this.#cancelCheck = clock.after(checkInterval, () => {
      this.#cancelCheck = undefined;
      for (const [session, activity] of this.#sessions) {
        if (activity.openStreams > 0) continue;
        activity.idleChecks++;
        // Part of the first interval had passed before the connection became idle.
        if ((activity.idleChecks - 1) * checkInterval >= idleTimeout) session.close();
      }
      if (this.#sessions.size > 0) this.#planCheck();
    });
  }
}

function ignore(): void {}

function headOf(headers: IncomingHttpHeaders, rawHeaders: readonly string[]): RequestHead {
  return { method: headers[':method'], target: headers[':path'], headers, rawHeaders };
}
