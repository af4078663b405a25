/**
 * What somebody wants of a release, whichever kind of object said so: our HelmRelease, Flux's, or a HelmChart of k3s. Each of
 * those is translated into this once; everything behind it knows only this. Times are milliseconds.
 */
import type { FieldError, JsonObject } from '@kindred/machinery';

/** A namespaced object by its name. */
export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

/** Credentials of a source: the Secrets that have them. */
export interface SourceAccess {
  readonly secret?: ObjectName;
  /** Has certificates, over those of `secret`. */
  readonly certSecret?: ObjectName;
  readonly proxySecret?: ObjectName;
  /** A service account whose `imagePullSecrets` count when there is no `secret`. */
  readonly pullAccount?: ObjectName;
  /** Limit of one look at the source; a minute when not given. */
  readonly timeout?: number;
  /** PEM. */
  readonly certificateAuthority?: string;
  /** A ConfigMap full of them. */
  readonly certificateAuthorities?: ObjectName;
  readonly passCredentials?: boolean;
  readonly insecureSkipTlsVerify?: boolean;
}

export interface GitReference {
  readonly branch?: string;
  readonly tag?: string;
  /** The newest tag in this range. */
  readonly semver?: string;
  /** Of any reference, in full. */
  readonly name?: string;
  readonly commit?: string;
}

export interface GitVerification {
  /** The commit, the tag, or both must be signed. */
  readonly mode: 'HEAD' | 'Tag' | 'TagAndHEAD';
  /** Has the keys of those who may sign. */
  readonly secret: ObjectName;
}

export interface GitSource {
  readonly type: 'git';
  readonly url: string;
  readonly path: string;
  readonly ref: GitReference;
  readonly access: SourceAccess;
  readonly recurseSubmodules?: boolean;
  /** In the form of .gitignore; `defaults` leaves out what Flux leaves out. */
  readonly ignore?: { readonly rules?: string; readonly defaults: boolean };
  readonly verify?: GitVerification;
  /** Directories of other repositories, put over the files of this one. */
  readonly include?: readonly { readonly repository: GitSource; readonly from: string; readonly to: string }[];
}

export interface BucketSource {
  readonly type: 'bucket';
  /** `host` or `host:port` of a server that speaks S3. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region?: string;
  /** What keys must begin with. */
  readonly prefix: string;
  /** Talks HTTP. */
  readonly plainHttp: boolean;
  /** Directory of the chart, or its archive. */
  readonly path: string;
  readonly ignore: { readonly rules?: string; readonly defaults: boolean };
  readonly access: SourceAccess;
}

/** Where a chart comes from. */
export type ChartSource =
  | {
      readonly type: 'repository';
      readonly url: string;
      readonly name: string;
      readonly version: string;
      readonly access: SourceAccess;
      /** Has the OpenPGP keys of those whose provenance files count; without it none is needed. */
      readonly keyring?: ObjectName;
    }
  | {
      readonly type: 'oci';
      /** `oci://host/path/chart` */
      readonly url: string;
      readonly version: string;
      /** In place of a version: whatever it stands for. */
      readonly tag?: string;
      /** `sha256:…` of the manifest. */
      readonly digest?: string;
      /** A regular expression for tags that are versions to choose from. */
      readonly tagFilter?: string;
      /** The media type of the layer that is the chart, when it isn't helm's. */
      readonly layerType?: string;
      readonly plainHttp: boolean;
      readonly access: SourceAccess;
      readonly keyring?: ObjectName;
      /** Has the public keys of those whose cosign signatures count. */
      readonly cosign?: ObjectName;
    }
  | GitSource
  | BucketSource
  | {
      readonly type: 'archive';
      readonly url: string;
      readonly digest?: string;
      readonly access: SourceAccess;
      readonly keyring?: ObjectName;
    }
  | { readonly type: 'configMap'; readonly object: ObjectName; readonly key: string }
  | { readonly type: 'inline'; readonly base64: string };

/** Values from an object of the cluster. */
export interface ValuesReference {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly object: ObjectName;
  readonly key: string;
  /** Puts the text at this path, as `--set` does; the whole is YAML when there is none. */
  readonly targetPath?: string;
  /** The text stands for itself, whatever is in it. */
  readonly literal?: boolean;
  readonly optional: boolean;
  /** Another content counts with the next upgrade, and isn't one. */
  readonly ignoreUpdates?: boolean;
}

/** How the cluster is reached that a release goes to. */
export interface KubeConfigReference {
  readonly kind: 'Secret' | 'ConfigMap';
  readonly object: ObjectName;
  /** Of a Secret's data. */
  readonly key?: string;
}

/** Which objects of a release are meant; what is not given matches everything. */
export interface ObjectTarget {
  readonly group?: string;
  readonly version?: string;
  readonly kind?: string;
  /** Regular expressions for the whole name and namespace. */
  readonly name?: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly annotationSelector?: string;
}

/** Parts of objects whose drift doesn't matter. */
export interface IgnoreRule {
  /** JSON pointers. */
  readonly paths: readonly string[];
  readonly target: ObjectTarget;
}

export interface ImageChange {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** Changes of what the chart renders. */
export interface PostRenderer {
  readonly patches: readonly { readonly patch: string; readonly target?: ObjectTarget }[];
  readonly images: readonly ImageChange[];
  /** Put on every object. */
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
}

export interface Remediation {
  /** Further attempts after a failure; Infinity for no limit. */
  readonly retries: number;
  readonly ignoreTestFailures: boolean;
  /** Whether the last failure is remedied too, when no attempt is left. */
  readonly remediateLastFailure: boolean;
  /** `retry` leaves what failed and upgrades it. */
  readonly strategy: 'rollback' | 'uninstall' | 'retry';
  /** Between attempts; growing pauses when not given. */
  readonly retryInterval?: number;
}

interface ActionSettings {
  readonly timeout: number;
  readonly disableHooks: boolean;
  readonly wait: boolean;
  readonly waitForJobs: boolean;
  /** By the rules of Helm 3. */
  readonly waitAsBefore?: boolean;
}

/** `auto` goes on as the last revision was made. */
export type ApplyMethod = 'true' | 'false' | 'auto';

export interface ChangeSettings extends ActionSettings {
  readonly applyMethod?: ApplyMethod;
  /** Objects that nobody or another release owns are taken. */
  readonly takeOwnership: boolean;
  readonly crds: 'Skip' | 'Create' | 'CreateReplace';
  readonly validateSchema: boolean;
  /** Objects with unknown fields are refused. */
  readonly validateObjects: boolean;
  readonly remediation: Remediation;
}

/** A release that must be ready first. */
export interface ReleaseDependency extends ObjectName {
  /** Says in the Common Expression Language when it is, in place of its Ready condition. */
  readonly readyExpr?: string;
}

/** Expressions for objects of a kind; of all kinds of a group when none is given. */
export interface HealthCheck {
  readonly apiVersion: string;
  readonly kind?: string;
  readonly current: string;
  readonly inProgress?: string;
  readonly failed?: string;
}

export interface ReleaseIntent {
  readonly releaseName: string;
  readonly targetNamespace: string;
  readonly storageNamespace: string;
  readonly source: ChartSource;
  /** Files of the chart whose values come over its own. */
  readonly valuesFiles: readonly string[];
  readonly ignoreMissingValuesFiles: boolean;
  readonly valuesFrom: readonly ValuesReference[];
  readonly values: JsonObject;
  /** Values that the chart certainly doesn't have are errors. */
  readonly strictValues: boolean;
  /** Single settings over everything, as `--set` and `--set-string` make them. */
  readonly set: readonly { readonly path: string; readonly text: string; readonly isText: boolean }[];
  readonly interval: number;
  /** How often the source is asked; as often as the release is looked at when not given. */
  readonly sourceInterval?: number;
  /** What is known of the source counts, whatever it has by now. */
  readonly sourceSuspended?: boolean;
  readonly suspend: boolean;
  readonly dependsOn: readonly ReleaseDependency[];
  /** Revisions that are kept; 0 keeps all. */
  readonly maxHistory: number;
  readonly serviceAccountName?: string;
  /** Another cluster that the release goes to; service account and records are there, values and sources here. */
  readonly kubeConfig?: KubeConfigReference;
  readonly externalChanges: 'adopt' | 'revert';
  /** Installs and upgrades wait for approval. */
  readonly plan: boolean;
  /** What the chart generates stays from revision to revision. */
  readonly stableGenerators: boolean;
  readonly driftDetection: { readonly mode: 'enabled' | 'warn' | 'disabled'; readonly ignore: readonly IgnoreRule[] };
  readonly postRenderers: readonly PostRenderer[];
  /** Whether post-renderers see hooks too. */
  readonly postRenderHooks?: boolean;
  /** What the cluster serves is looked up anew for each look at the release. */
  readonly freshDiscovery?: boolean;
  readonly healthChecks?: readonly HealthCheck[];
  readonly install: ChangeSettings & {
    readonly createNamespace: boolean;
  };
  readonly upgrade: ChangeSettings & {
    readonly cleanupOnFail: boolean;
    readonly force: boolean;
    readonly preserveValues: boolean;
    /** A chart of another name is another release. */
    readonly reinstallRenamed?: boolean;
  };
  readonly test: {
    readonly enable: boolean;
    readonly timeout: number;
    readonly ignoreFailures: boolean;
    readonly filters: readonly { readonly name: string; readonly exclude: boolean }[];
  };
  readonly rollback: ActionSettings & {
    readonly applyMethod?: ApplyMethod;
    readonly cleanupOnFail: boolean;
    readonly force: boolean;
  };
  readonly uninstall: {
    readonly timeout: number;
    readonly disableHooks: boolean;
    readonly wait: boolean;
    readonly keepHistory: boolean;
    readonly propagation: 'background' | 'foreground' | 'orphan';
  };
}

/** What a translation gives: an intent, or what is wrong with the object. */
export type Translation =
  | { readonly intent: ReleaseIntent }
  | { readonly errors: readonly FieldError[] }
  /** An object that it names isn't there (yet). */
  | { readonly missing: string };
