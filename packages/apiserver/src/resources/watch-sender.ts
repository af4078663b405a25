/**
 * How the events of a watch go to its client: as lines, or as messages to one in this process that takes them, where
 * encoding them would only mean decoding them again.
 */
import type { StatusError } from '@kindred/machinery';
import type { Negotiated } from '../negotiation/accept.ts';
import type { BodyWriter, WatchMessage } from '../request/api-response.ts';
import type { WatchEvent } from '../storage/watch-event.ts';
import type { ResourceRequest } from './resource-request.ts';
import { errorLine, type LineOf } from './watch-lines.ts';

export type MessageOf = (event: WatchEvent) => WatchMessage;

export interface WatchSender {
  /** False when the client is behind. */
  events(events: readonly WatchEvent[]): boolean;
  failure(error: StatusError): void;
}

/**
 * The function that makes this watch's messages; undefined where there are none. Metadata is at hand and shared by all;
 * whole objects are decoded for each reader, whose own they are then.
 */
export function watchMessages({ resource }: ResourceRequest, negotiated: Negotiated): MessageOf | undefined {
  const { representation: kind, version } = negotiated;
  if (kind !== 'PartialObjectMetadata') return undefined;
  const apiVersion = `meta.k8s.io/${version}`;
  return (event) => {
    if (event.type !== 'BOOKMARK') {
      return { type: event.type, object: { kind, apiVersion, metadata: resource.readMetadata(event.stored) } };
    }
    const { type, revision, initialEventsEnd } = event;
    return { type, resourceVersion: String(revision), initialEventsEnd };
  };
}

export function watchSender(writer: BodyWriter, lineOf: LineOf, messageOf: MessageOf | undefined): WatchSender {
  return messageOf !== undefined && writer.writeMessages !== undefined
    ? messageSender(writer.writeMessages.bind(writer), messageOf)
    : lineSender(writer, lineOf);
}

function messageSender(write: (messages: readonly WatchMessage[]) => boolean, messageOf: MessageOf): WatchSender {
  return {
    events: (events) => write(events.map(messageOf)),
    failure: ({ status }) => void write([{ type: 'ERROR', status }]),
  };
}

const noBytes = new Uint8Array();

function lineSender(writer: BodyWriter, lineOf: LineOf): WatchSender {
  return {
    events(events) {
      // Writing costs more than copying: what happened together goes out together.
      const lines = events.map(lineOf);
      return writer.write(lines.length === 1 ? (lines[0] ?? noBytes) : Buffer.concat(lines));
    },
    failure: ({ status }) => void writer.write(errorLine(status)),
  };
}
