/**
 * The container runtime port: what the agent asks of whatever runs containers. Implementations: processes in Linux
 * namespaces, and plain processes. Words are those of the Container Runtime Interface (sandbox, container, exec).
 */

/** `namespaces`: own network, host name, IPC, PID and mount namespaces. `plain`: only processes of the user. */
export type IsolationLevel = 'namespaces' | 'plain';

export interface SandboxSpec {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly hostname: string;
  readonly hostNetwork: boolean;
  /** The pod's own directory; the runtime keeps nothing elsewhere. */
  readonly directory: string;
}

export interface Sandbox {
  readonly uid: string;
  /** The pod's address. */
  readonly ip: string;
  /** Resolves when the sandbox ended without being asked to; its containers are gone then. */
  readonly ended: Promise<void>;
  /** Ends every process of the pod and frees its address. Safe to call twice. */
  remove(): Promise<void>;
}

export interface Mount {
  readonly hostPath: string;
  readonly mountPath: string;
  readonly readOnly: boolean;
}

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

export interface ContainerSpec {
  /** 64 hexadecimal digits, new for every start. */
  readonly id: string;
  readonly name: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Empty: the root directory. */
  readonly workingDir: string;
  readonly mounts: readonly Mount[];
  /** Directories and files of the machine that the image's program needs, seen read-only at the same path. */
  readonly hostPaths: readonly string[];
  readonly user?: ProcessUser;
  /** Ports that the containers of the pod declare; plain processes must move those below 1024. */
  readonly ports: readonly number[];
  /** Where this start of the container keeps its files. */
  readonly directory: string;
  readonly onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

export interface ExitStatus {
  /** 0–255; 128 + signal number when a signal ended it, as Kubernetes counts. */
  readonly exitCode: number;
  /** Number of the signal, 0 when it exited by itself. */
  readonly signal: number;
  readonly finishedAt: number;
}

export interface ExecOptions {
  readonly timeoutMs: number;
}

export interface ExecResult {
  readonly exitCode: number;
  /** Both streams together, as they came; cut at 10 KiB. */
  readonly output: string;
  readonly timedOut: boolean;
}

export interface RunningContainer {
  readonly id: string;
  readonly name: string;
  /** Process id of the container's first process, as the machine sees it. */
  readonly pid: number;
  readonly startedAt: number;
  /** Settles when the process ended, all its descendants are gone and its output has been read. */
  readonly exited: Promise<ExitStatus>;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL for every process of the container. */
  kill(): void;
  exec(argv: readonly string[], options: ExecOptions): Promise<ExecResult>;
}

/** The container could not be started: message as `kubectl describe` shows it. */
export class StartError extends Error {}

export interface Runtime {
  readonly level: IsolationLevel;
  /** What pods cannot do at this level on this machine, one plain sentence each. */
  limitations(): readonly string[];
  createSandbox(spec: SandboxSpec): Promise<Sandbox>;
  /** @throws StartError when the program can't be found or its mounts can't be made. */
  startContainer(sandbox: Sandbox, spec: ContainerSpec): Promise<RunningContainer>;
  /** Where on this machine `port` of the pod with this address answers. */
  hostPort(ip: string, port: number): number;
  /** Ends what an earlier agent with the same data directory left running. */
  cleanUp(): Promise<number>;
  close(): Promise<void>;
}
