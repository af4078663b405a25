/** Events of an operation as lines for people, and as data for programs. Secrets' contents are never in them. */
import type { ActionEvent } from '../../actions/action-event.ts';
import type { ProgressEvent } from '../../resources/progress.ts';
import { type Resource, resourceLabel } from '../../resources/resource.ts';

/** One line or several; undefined for what isn't shown. */
export function eventText(event: ActionEvent): string | undefined {
  switch (event.type) {
    case 'phase':
      return event.detail === '' ? event.phase : `${event.phase} ${event.detail}`;
    case 'resource':
      return progressText(event.progress);
    case 'hook':
      return `hook ${event.event} ${event.hook.kind}/${event.hook.name}: ${event.state}`;
    default:
      // Logs of hooks and warnings are shown whatever the mode.
      return undefined;
  }
}

function progressText(event: ProgressEvent): string {
  const label = resourceLabel(event.resource);
  switch (event.type) {
    case 'waiting':
      return `waiting for ${label}: ${event.status}${event.reason === '' ? '' : `: ${event.reason}`}`;
    case 'conflict':
      return `conflict ${label}: ${event.path} is owned by ${event.owner}: ${event.decision}`;
    case 'failed':
      return `failed ${label}: ${event.reason}`;
    case 'event': {
      const times = event.count > 1 ? ` (${event.count} times)` : '';
      return `  ${event.about}: ${event.eventType} ${event.reason}: ${event.message}${times}`;
    }
    case 'log':
      return event.lines.map((line) => `  ${event.pod}/${event.container}: ${line}`).join('\n');
    default:
      return `${event.type} ${label}`;
  }
}

/** Members that stay the same over versions: programs read them. */
export function eventData(event: ActionEvent): object | undefined {
  switch (event.type) {
    case 'phase':
      return { type: 'phase', phase: event.phase, detail: event.detail };
    case 'resource': {
      const { resource, ...rest } = event.progress;
      return { ...rest, resource: resourceData(resource) };
    }
    case 'hook':
      return { type: 'hook', event: event.event, kind: event.hook.kind, name: event.hook.name, state: event.state };
    case 'interrupted':
      return { type: 'interrupted', revision: event.release.revision, decision: event.decision };
    default:
      return undefined;
  }
}

function resourceData({ kind, namespace, name }: Resource): object {
  return { group: kind.group, version: kind.version, kind: kind.kind, namespace, name };
}
