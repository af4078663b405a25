/** Helm charts: everything of `@kindred/helm/template`, and what needs Node: charts on disk and in archives, cryptography. */

export { type ProxyFor, proxyFromEnvironment } from '@kindred/client';
export {
  type ActionContext,
  type ActionContextOptions,
  clusterOf,
  createActionContext,
} from './actions/action-context.ts';
export type { ActionEvent, ActionPhase, HookState } from './actions/action-event.ts';
export type { CrdsPolicy, DryRun, InterruptedPolicy, ServerSide } from './actions/action-options.ts';
export { discoverCapabilities } from './actions/capabilities.ts';
export { type GetOptions, getMetadata, getRelease, getValues, type ReleaseMetadata } from './actions/get.ts';
export { history } from './actions/history.ts';
export { type InstallOptions, install } from './actions/install.ts';
export { installName, type NameOptions } from './actions/install-name.ts';
export { isInterrupted, resume } from './actions/interrupted.ts';
export { type ListOptions, list } from './actions/list.ts';
export { OperationError } from './actions/operation-failure.ts';
export { type TestOptions, test } from './actions/release-testing.ts';
export { type RollbackOptions, rollback } from './actions/rollback.ts';
export { liveResources, type ReleaseStatusReport, status } from './actions/status.ts';
export { type UninstallOptions, uninstall } from './actions/uninstall.ts';
export type { Uninstalled } from './actions/uninstall-release.ts';
export { type UpgradeOptions, upgrade } from './actions/upgrade.ts';
export type { Chart, ChartFile, ChartMetadata, Dependency, ImportValue, Maintainer } from './chart/chart.ts';
export { ChartError } from './chart/chart.ts';
export { loadChartFiles, readValues, type Unpack } from './chart/load-files.ts';
export { type LockFile, readLock } from './chart/lock.ts';
export type { DependencyContext, DependencyOptions } from './dependencies/dependency-context.ts';
export { type DependencyNode, dependencyTree } from './dependencies/dependency-tree.ts';
export { type DependencyList, listDependencies } from './dependencies/list-dependencies.ts';
export { lockDigest, lockText } from './dependencies/lock-file.ts';
export { buildDependencies, updateDependencies } from './dependencies/update-dependencies.ts';
export {
  type DiffSummary,
  formatJson as formatDiffJson,
  formatTable as formatDiffTable,
  formatUnified as formatDiff,
  hasChanges,
  summarize as summarizeDiff,
} from './diff/format-diff.ts';
export { diffLive, type LiveDiffOptions } from './diff/live-diff.ts';
export { diffManifests } from './diff/manifest-diff.ts';
export type { DiffOptions, FieldChange, ObjectDiff, ReleaseDiff } from './diff/object-diff.ts';
export type { CertificateRequest, CryptoProvider } from './functions/crypto.ts';
export type { TimeSource } from './functions/dates.ts';
export { type FunctionProviders, functionTable } from './functions/function-table.ts';
export { FunctionError } from './go/function-error.ts';
export { encodeGoJson } from './go/json.ts';
export { type GoFunction, type GoInt, GoMap, type GoObject, type GoSlice, type GoValue } from './go/value.ts';
export { inferSchema } from './inference/infer-schema.ts';
export type { JsonSchema } from './inference/json-schema.ts';
export { typescriptTypes, valuesTypeName } from './inference/typescript-types.ts';
export { type UnknownKey, unknownKeys, unknownKeyText } from './inference/unknown-keys.ts';
export type { Finding, LintRule, LintSubject } from './lint/rules/rule.ts';
export { findingText, lintByRules, lintRules } from './lint/rules/rules.ts';
export { type ChartLimits, DEFAULT_CHART_LIMITS } from './node/chart-limits.ts';
export { loadArchive, unpackArchive } from './node/load-archive.ts';
export { type LoadDirectoryOptions, loadDirectory, readChartFiles } from './node/load-directory.ts';
export { loadSchemas, nodeSchemaLoader, type SchemaLoader, type SchemaLoaderOptions } from './node/load-schemas.ts';
export { nodeCrypto } from './node/node-crypto.ts';
export { nodeProviders } from './node/providers.ts';
export { type PackagedChart, type PackageOptions, packageChart } from './packaging/package-chart.ts';
export { type ApplyPlanOptions, applyPlan } from './plans/apply-plan.ts';
export { makePlan, type PlanOptions } from './plans/make-plan.ts';
export { decodePlan, encodePlan, type ReleasePlan } from './plans/release-plan.ts';
export {
  type SignedArchive,
  type SignOptions,
  signArchive,
  type Verification,
  verificationText,
  verifyArchive,
} from './provenance/provenance.ts';
export type { Credential } from './registry/credential.ts';
export { eraseCredential, findCredential, storeCredential } from './registry/credentials-file.ts';
export { type PulledChart, pullChart } from './registry/pull-chart.ts';
export { pushChart } from './registry/push-chart.ts';
export { parseReference, type Reference } from './registry/reference.ts';
export { RegistryClient } from './registry/registry-client.ts';
export { memoryDriver } from './release/memory-driver.ts';
export { configMapDriver, type ObjectDriverOptions, secretDriver } from './release/object-driver.ts';
export { decodeRecord, encodeRecord } from './release/record-encoding.ts';
export { type RecordPart, type RecordSize, recordSize, sizeReport } from './release/record-size.ts';
export type {
  HookEvent,
  HookPhase,
  HookRun,
  Release,
  ReleaseHook,
  ReleaseInfo,
  ReleaseStatus,
  StoredChart,
  StoredFile,
} from './release/release.ts';
export type { ReleaseDriver } from './release/release-driver.ts';
export { isReleaseError, ReleaseError, type ReleaseErrorReason } from './release/release-error.ts';
export type { ReleaseQuery } from './release/release-labels.ts';
export { checkReleaseName, releaseKey, releaseNameProblem } from './release/release-name.ts';
export { ReleaseStorage } from './release/release-storage.ts';
export { type DatabaseAddress, parseConnectionString, type SslMode } from './release/sql/connection-string.ts';
export { openPostgres } from './release/sql/postgres.ts';
export type { SqlDatabase, SqlQuery, SqlResult, SqlRow, SqlValue } from './release/sql/sql-database.ts';
export { type SqlDriverOptions, sqlDriver } from './release/sql/sql-driver.ts';
export { ensureTables } from './release/sql/sql-schema.ts';
export { type Capabilities, DEFAULT_CAPABILITIES, HELM_VERSION, type HelmVersion } from './render/capabilities.ts';
export type { BuiltInRelease } from './render/context.ts';
export { type EngineOptions, type Lookup, renderTemplates, type TemplateFile } from './render/engine.ts';
export { INSTALL_ORDER, sortByKind, UNINSTALL_ORDER } from './render/kind-order.ts';
export { type Hook, type Manifest, type SortedManifests, sortManifests } from './render/manifests.ts';
export { manifestText, type RenderChartOptions, type RenderedChart, renderChart } from './render/render-chart.ts';
export { RenderError } from './render/render-error.ts';
export { splitDocuments } from './render/split-documents.ts';
export type { ChartPaths } from './repositories/chart-paths.ts';
export type { ChartContext, ChartSource } from './repositories/chart-source.ts';
export { type DownloadedChart, downloadChart, type ProvenanceNeed } from './repositories/download-chart.ts';
export { indexDirectory, mergeIndexes } from './repositories/index-directory.ts';
export { type ChartVersion, findVersion, type IndexFile, readIndex } from './repositories/index-file.ts';
export { type LocatedChart, loadLocatedChart, locateChart, type VerifyChart } from './repositories/locate-chart.ts';
export {
  type RepositoriesFile,
  type RepositoryEntry,
  readRepositories,
  repositoryEntry,
  updateRepositories,
} from './repositories/repositories-file.ts';
export type { RepositoryAccess } from './repositories/repository-access.ts';
export { fetchIndex, readCachedIndex, removeCachedIndex, updateIndex } from './repositories/repository-cache.ts';
export { searchHub } from './repositories/search-hub.ts';
export { searchRepositories } from './repositories/search-repositories.ts';
export { indexJson, indexYaml } from './repositories/write-index.ts';
export { buildResources } from './resources/build.ts';
export type { Cluster } from './resources/cluster.ts';
export type { ConflictDecision, FieldConflict, ResourceConflicts } from './resources/conflicts/conflict.ts';
export { type ConflictPolicy, parseConflictPolicy } from './resources/conflicts/conflict-policy.ts';
export { type ConflictPlan, findConflicts, planConflicts } from './resources/conflicts/preflight.ts';
export {
  applyCrds,
  type CrdChange,
  type CrdFile,
  type CrdOptions,
  type CrdPolicy,
  installCrds,
  planCrds,
} from './resources/crds/apply-crds.ts';
export { type CrdProblem, crdProblems } from './resources/crds/crd-safety.ts';
export { createResources } from './resources/create.ts';
export { type Cascade, type DeleteMode, type DeleteResult, deleteResources } from './resources/delete.ts';
export { splitKept } from './resources/keep-policy.ts';
export { createKindMapper, type KindMapper } from './resources/kind-mapper.ts';
export { adoptExisting, markOwned, type ReleaseOwner } from './resources/ownership.ts';
export type { ProgressEvent } from './resources/progress.ts';
export type { Resource } from './resources/resource.ts';
export { type ResourceChanges, ResourceError } from './resources/resource-error.ts';
export { updateResources } from './resources/update.ts';
export {
  type WaitOptions,
  type WaitStrategy,
  waitForDeletion,
  waitForHook,
  waitForReady,
} from './resources/wait/wait.ts';
export type { WriteMode } from './resources/write-mode.ts';
export { type Constraints, parseConstraints, satisfies } from './semver/constraint.ts';
export { compareVersions, parseVersion, type Version, versionText } from './semver/version.ts';
export type { ErrorPlace } from './template/execution-error.ts';
export { DEFAULT_LIMITS, type Limits } from './template/limits.ts';
export { TemplateCache, type TemplateCacheOptions } from './template/template-cache.ts';
export { coalesceValues } from './values/coalesce.ts';
export { coalesceTables } from './values/coalesce-tables.ts';
export { explainValues, type ValueExplanation, type ValuesExplanation } from './values/explain.ts';
export { type HiddenDefault, hiddenDefaults, hiddenDefaultText } from './values/hidden-defaults.ts';
export { type Origin, originText } from './values/origin.ts';
export { setFiles, setJson, setLiteral, setStrings, setValues } from './values/set-values.ts';
export { mergeSources, type ValueSource } from './values/sources.ts';
export { withIntegers } from './values/with-integers.ts';
export { type RemoteSchemas, type ValidateValuesOptions, validateValues } from './values-schema/validate-values.ts';
export { readYaml, readYamlDocuments, YamlError } from './yaml/read.ts';
export { writePrettyYaml, writeYaml } from './yaml/write.ts';
