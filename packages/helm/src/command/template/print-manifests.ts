/** What `helm template` makes of a rendered chart: one text, files in a directory, or some templates only. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathTest } from '../../chart/ignore.ts';
import { splitDocuments } from '../../render/split-documents.ts';
import type { CommandContext } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { FlagValues } from '../flags/flag-values.ts';

interface Part {
  readonly path: string;
  readonly content: string;
}

/** What there is to print, in order. */
export interface TemplateParts {
  readonly crds: readonly Part[];
  readonly manifests: readonly Part[];
  readonly hooks: readonly (Part & { readonly events: readonly string[] })[];
}

/** Throws CommandError when a template that shall be shown isn't there. */
export async function printManifests(
  context: CommandContext,
  rendered: TemplateParts,
  name: string,
  flags: FlagValues,
): Promise<void> {
  const crds = flags.bool('include-crds') ? rendered.crds : [];
  const hooks = flags.bool('no-hooks') ? [] : rendered.hooks.filter((hook) => !isSkipped(hook.events, flags));
  const directory = flags.text('output-dir');
  let text: string;
  if (directory === '') {
    text = `${[...crds, ...rendered.manifests].map(partText).join('').trim()}\n${hooks.map(partText).join('')}`;
  } else {
    const below = flags.bool('release-name') ? `${directory}/${name}` : directory;
    const writer = new PartWriter(context);
    for (const part of crds) await writer.write(directory, part);
    for (const part of [...rendered.manifests, ...hooks]) await writer.write(below, part);
    text = '\n';
  }
  const patterns = flags.list('show-only');
  context.streams.output.write(patterns.length === 0 ? text : selected(text, patterns));
}

function isSkipped(events: readonly string[], flags: FlagValues): boolean {
  return flags.bool('skip-tests') && events.includes('test');
}

function partText({ path, content }: Part): string {
  return `---\n# Source: ${path}\n${content}\n`;
}

/** The documents of the templates that the patterns name, in the order of the patterns. */
function selected(text: string, patterns: readonly string[]): string {
  const documents = splitDocuments(text).map((document) => ({
    document,
    path: /# Source: [^/]+\/(.+)/.exec(document)?.[1],
  }));
  return patterns
    .map((pattern) => {
      const matches = pathTest(pattern);
      const found = documents.filter(({ path }) => path !== undefined && matches(path));
      if (found.length === 0) throw new CommandError(`could not find template ${pattern} in chart`);
      return found.map(({ document }) => `---\n${document}\n`).join('');
    })
    .join('');
}

/** Writes parts to files; several parts of one template go into one file. */
class PartWriter {
  readonly #context: CommandContext;
  readonly #written = new Set<string>();

  constructor(context: CommandContext) {
    this.#context = context;
  }

  async write(directory: string, part: Part): Promise<void> {
    const name = `${directory}/${part.path}`;
    const path = resolve(this.#context.directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, partText(part), { flag: this.#written.has(path) ? 'a' : 'w' });
    this.#written.add(path);
    this.#context.streams.output.write(`wrote ${name}\n`);
  }
}
