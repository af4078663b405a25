/** A process of its own that installs a chart with a hook: `node install.test.process.js URL HOOK SOURCES`. The test kills it. */
import { createClient, createHttpTransport } from '@kindred/client';
import { createActionContext, GoMap, install, loadChartFiles, nodeProviders, secretDriver } from '@kindred/helm';
import { systemClock } from '@kindred/machinery';

const [server = '', hook = '', sourcesJson = '{}'] = process.argv.slice(2);
const namespace = 'default';
const client = createClient(createHttpTransport({ server }), { userAgent: 'helm', fieldManager: 'helm' });
const driver = secretDriver({ client, namespace, clock: systemClock });
const identity = `process ${process.pid}`;
const context = createActionContext({ client, driver, namespace, functions: nodeProviders(), identity });
const sources = JSON.parse(sourcesJson) as Record<string, string>;
const files = Object.entries({ ...sources, 'templates/job.yaml': hook });
const chart = loadChartFiles(files.map(([name, text]) => ({ name, data: new TextEncoder().encode(text) })));
await install(context, { name: 'web', chart, values: new GoMap([['color', 'red']]) });
