/**
 * The charts that an editor has files of: finds the chart of each file, reads it, lays the texts that are being edited over
 * it, and looks for problems once its user pauses. Knows files by their absolute paths, and nothing of the protocol.
 */
import { readFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { type Clock, errorText } from '@kindred/machinery';
import { ChartError, type ChartFile } from '../../chart/chart.ts';
import { toBytes } from '../../go/bytes.ts';
import { projectProblems } from '../../language/chart-language.ts';
import { openProject, type Project } from '../../language/chart-project.ts';
import type { Problem } from '../../language/problem.ts';
import { chartProblem, type RenderProviders } from '../../language/problems-of-templates.ts';
import { unpackArchive } from '../../node/load-archive.ts';
import { readChartFiles } from '../../node/load-directory.ts';
import { TemplateCache } from '../../template/template-cache.ts';
import { chartBeside, chartRootOf } from './find-chart.ts';

export interface WorkspaceOptions {
  readonly clock: Clock;
  readonly providers: RenderProviders;
  /** Takes all problems of a file; none when there are none any more. */
  readonly publish: (path: string, problems: readonly Problem[]) => void;
  readonly log: (message: string) => void;
}

/** The project of a file, and the file's name in it. */
export interface OpenedFile {
  readonly project: Project;
  readonly file: string;
  /** From a name in the project to a path. */
  readonly pathOf: (file: string) => string;
}

interface ChartState {
  readonly root: string;
  /** What is on disk; undefined when that is to be read anew. */
  disk: { readonly files: readonly ChartFile[]; readonly problem?: string } | undefined;
  project: Project | undefined;
  /** True when a text has changed since the project was made. */
  isStale: boolean;
  /** Names of files that have problems in the editor. */
  published: ReadonlySet<string>;
  cancelCheck: (() => void) | undefined;
  /** Work on a chart is done one after the other. */
  queue: Promise<unknown>;
}

/** As long as keys follow each other faster, nobody reads what is wrong. */
const PAUSE_MILLISECONDS = 40;

export class Workspace {
  readonly #options: WorkspaceOptions;
  readonly #texts = new Map<string, Uint8Array>();
  readonly #roots = new Map<string, Promise<string | undefined>>();
  readonly #charts = new Map<string, ChartState>();
  readonly #unpacked = new WeakMap<Uint8Array, readonly ChartFile[]>();
  readonly #parsed = new TemplateCache();
  #isClosed = false;

  constructor(options: WorkspaceOptions) {
    this.#options = options;
  }

  /** The text of a file in the editor, which counts instead of what is on disk. */
  async setText(path: string, text: string): Promise<void> {
    const isNew = !this.#texts.has(path);
    this.#texts.set(path, toBytes(text));
    const state = await this.#stateOf(path);
    if (state === undefined) return;
    if (isNew) state.disk = undefined;
    this.#changed(state);
  }

  /** From now on what is on disk counts again. */
  async closeText(path: string): Promise<void> {
    this.#texts.delete(path);
    await this.filesChanged([path]);
  }

  /** Files changed on disk. */
  async filesChanged(paths: readonly string[]): Promise<void> {
    for (const path of paths) {
      if (basename(path) === 'Chart.yaml') this.#roots.clear();
      const state = await this.#stateOf(path);
      if (state === undefined) continue;
      state.disk = undefined;
      this.#changed(state);
    }
  }

  /** Undefined for what belongs to no chart. */
  async open(path: string): Promise<OpenedFile | undefined> {
    const state = await this.#stateOf(path);
    if (state === undefined) return undefined;
    const project = await this.#enqueue(state, () => this.#read(state));
    return { project, file: nameIn(state.root, path), pathOf: (file) => join(state.root, file) };
  }

  close(): void {
    this.#isClosed = true;
    for (const state of this.#charts.values()) state.cancelCheck?.();
  }

  async #stateOf(path: string): Promise<ChartState | undefined> {
    const known = this.#roots.get(path);
    const finding = known ?? this.#findRoot(path);
    if (known === undefined) this.#roots.set(path, finding);
    const root = await finding;
    if (root === undefined) return undefined;
    const state = this.#charts.get(root) ?? {
      root,
      disk: undefined,
      project: undefined,
      isStale: true,
      published: new Set<string>(),
      cancelCheck: undefined,
      queue: Promise.resolve(),
    };
    this.#charts.set(root, state);
    return state;
  }

  async #findRoot(path: string): Promise<string | undefined> {
    const isThere = (file: string): boolean => this.#texts.has(file);
    return (await chartRootOf(path, isThere)) ?? chartBeside(path);
  }

  #changed(state: ChartState): void {
    state.isStale = true;
    state.cancelCheck?.();
    if (this.#isClosed) return;
    state.cancelCheck = this.#options.clock.after(PAUSE_MILLISECONDS, () => {
      state.cancelCheck = undefined;
      this.#enqueue(state, () => this.#check(state)).catch((error: unknown) => this.#options.log(errorText(error)));
    });
  }

  #enqueue<T>(state: ChartState, work: () => Promise<T>): Promise<T> {
    const done = state.queue.then(work);
    // Who asked hears of an error; the next in line only waits.
    state.queue = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  async #read(state: ChartState): Promise<Project> {
    if (state.project !== undefined && !state.isStale) return state.project;
    state.isStale = false;
    state.disk ??= await readDisk(state.root);
    const files = new Map(state.disk.files.map((file) => [file.name, file]));
    const beside: ChartFile[] = [];
    for (const [path, data] of this.#texts) {
      if ((await this.#roots.get(path)) !== state.root) continue;
      const name = nameIn(state.root, path);
      if (name.startsWith('../')) beside.push({ name, data });
      else files.set(name, { name, data });
    }
    state.project = openProject([...files.values()], {
      beside,
      unpack: (archive) => this.#unpack(archive),
      parsed: this.#parsed,
      previous: state.project,
    });
    return state.project;
  }

  /** Archives don't change while their chart is edited. */
  #unpack(archive: Uint8Array): readonly ChartFile[] {
    const known = this.#unpacked.get(archive) ?? unpackArchive(archive);
    this.#unpacked.set(archive, known);
    return known;
  }

  async #check(state: ChartState): Promise<void> {
    const project = await this.#read(state);
    const byFile = new Map<string, Problem[]>([...state.published].map((file) => [file, []]));
    const unreadable = state.disk?.problem === undefined ? [] : [chartProblem(project, state.disk.problem)];
    for (const problem of [...unreadable, ...projectProblems(project, this.#options.providers)]) {
      byFile.set(problem.file, [...(byFile.get(problem.file) ?? []), problem]);
    }
    if (this.#isClosed) return;
    for (const [file, problems] of byFile) this.#options.publish(join(state.root, file), problems);
    state.published = new Set([...byFile].filter(([, problems]) => problems.length > 0).map(([file]) => file));
  }
}

function nameIn(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

async function readDisk(root: string): Promise<NonNullable<ChartState['disk']>> {
  try {
    return { files: await readChartFiles(root, { links: 'follow' }) };
  } catch (error) {
    if (!(error instanceof ChartError)) throw error;
    // What it is made of can't all be read: its own file can, so that there is a place to say why.
    const data = await readFile(join(root, 'Chart.yaml'));
    return { files: [{ name: 'Chart.yaml', data }], problem: error.message };
  }
}
