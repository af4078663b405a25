/** Releases in PostgreSQL (HELM_DRIVER=sql): the same commands by helm and by turns leave the same tables. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { decodeRecord } from '@kindred/helm';
import { PostgresServer } from '@kindred/helm/testing';
import { runCommand } from '@kindred-conformance/clients';
import { HelmHome } from './fixtures/helm-home.ts';
import { withoutHints } from './fixtures/without-hints.ts';
import { httpCluster } from './http-cluster.ts';

const CHART = {
  'shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.2.3\n',
  'shop/values.yaml': 'color: blue\n',
  'shop/templates/a.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {color: {{ .Values.color | quote }}}\n',
  'shop/templates/hook.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: h, annotations: {helm.sh/hook: "pre-install,pre-upgrade"}}\n',
};

const COMMANDS = [
  'install web shop --labels team=a --description first',
  'install web shop',
  'upgrade web shop --set color=red --labels team=null,stage=x',
  'upgrade web shop --set color=null,x={{',
  'rollback web 1',
  'upgrade web shop --history-max 2',
  'status web -o json',
  'uninstall web --keep-history',
  'install web shop --replace',
  'uninstall web',
  'list -q',
];

/** By turns ours begins, so that it makes the tables too. */
type Turns = 'helm' | 'by turns';

const server = await PostgresServer.start();
if (server === undefined) test('releases in PostgreSQL', { skip: 'PostgreSQL is not installed' }, () => undefined);
else {
  test('releases in PostgreSQL may change hands between helm and ours', { timeout: 120_000 }, async (t) => {
    t.after(() => server.close());
    const all = ['helm', 'by turns'] as const;
    const [helm, mixed] = await Promise.all(all.map((turns) => journey(t, server, turns)));
    assert.match(JSON.stringify(helm), /superseded.*web\.v4/);
    assert.deepEqual(mixed, helm);
  });
}

/** What each command says, and what the tables hold after it. */
async function journey(t: TestContext, database: PostgresServer, turns: Turns): Promise<unknown[]> {
  const schema = `releases_of_${turns.replace(' ', '_')}`;
  const ask = asker(database, schema);
  await ask(`CREATE SCHEMA ${schema}`);
  const cluster = await httpCluster(t);
  const home = await HelmHome.make({
    HELM_DRIVER: 'sql',
    HELM_DRIVER_SQL_CONNECTION_STRING: database.connectionString(`search_path=${schema}`),
    HELM_KUBEAPISERVER: cluster.url,
    KUBECONFIG: '',
  });
  t.after(() => home.close());
  await home.write(CHART);
  const steps: unknown[] = [];
  for (const [at, line] of COMMANDS.entries()) {
    const program = turns === 'by turns' ? (at % 2 === 0 ? 'ours' : 'helm') : turns;
    const { code, stdout, stderr } = await home[program](line.split(' '));
    const tables = await tablesOf(ask);
    steps.push({ line, code, stdout: clean(stdout, home), stderr: clean(stderr, home), tables });
  }
  const made = await ask(SCHEMA);
  return [...steps, made.replaceAll(schema, 'SCHEMA')];
}

/** Times are never the same, nor to the same precision. */
function clean(text: string, home: HelmHome): string {
  return withoutHints(text)
    .replaceAll(home.path, 'HOME')
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z| \+0000 UTC)?/g, 'TIME')
    .replace(/"(resourceVersion|uid)":"[^"]+"/g, '"$1":""')
    .replace(/[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:]+ \d{4}/g, 'TIME');
}

type Ask = (statement: string) => Promise<string>;

function asker(database: PostgresServer, schema: string): Ask {
  const address = ['-h', database.directory, '-U', 'helm', '-d', 'postgres', '-v', 'ON_ERROR_STOP=1', '-qAtX'];
  return async (statement) => {
    const environment = { PGOPTIONS: `-c search_path=${schema}` };
    const { code, stdout, stderr } = await runCommand('psql', [...address, '-c', statement], { environment });
    assert.equal(code, 0, stderr);
    return stdout;
  };
}

async function tablesOf(ask: Ask): Promise<unknown> {
  const [rows = '', ...labels] = (
    await ask(
      `SELECT jsonb_agg(r ORDER BY r.version) FROM (SELECT key, type, name, namespace, version, status, owner,
       createdAt > 0 AS created, modifiedAt > 0 AS modified, body FROM releases_v1) r;
       SELECT * FROM custom_labels_v1 ORDER BY releaseKey, key`,
    )
  ).split('\n');
  const records: { readonly body: string }[] = rows.trim() === '' ? [] : JSON.parse(rows);
  const releases = records.map(({ body, ...row }) => {
    const { info, manifest, config, hooks, applyMethod, revision } = decodeRecord(body);
    const { status, description } = info;
    return {
      ...row,
      status,
      description,
      manifest,
      config: [...config.keys()],
      hooks: hooks.length,
      applyMethod,
      revision,
    };
  });
  return { releases, labels };
}

/** Columns, indexes, rights and row security, as the catalog has them. */
const SCHEMA = `
SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
  FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position;
SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname;
SELECT relname, relacl, relrowsecurity FROM pg_class
  WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' ORDER BY relname;
SELECT id, applied_at IS NOT NULL FROM gorp_migrations ORDER BY id;
`;
