/** `helm version`: the version of helm that this program answers for, which charts and scripts look at. */
import { quote } from '../../go/quote.ts';
import { goObject } from '../../go/value.ts';
import { HELM_VERSION } from '../../render/capabilities.ts';
import { noArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { runGoTemplate } from '../output/go-template.ts';

const FIELDS: readonly (readonly [string, string])[] = [
  ['Version', HELM_VERSION.version],
  ['GitCommit', HELM_VERSION.gitCommit],
  ['GitTreeState', HELM_VERSION.gitTreeState],
  ['GoVersion', HELM_VERSION.goVersion],
  ['KubeClientVersion', HELM_VERSION.kubeClientVersion],
];

export const versionCommand: Command = {
  long: `Prints which version of helm this program behaves as.

--template takes a Go template over the fields .Version, .GitCommit, .GitTreeState, .GoVersion and .KubeClientVersion.`,
  arguments: noArguments,
  flags: () => [
    { kind: 'bool', name: 'short', usage: 'only the number' },
    { kind: 'string', name: 'template', usage: 'Go template for the output' },
  ],
  run: async ({ streams }, _args, flags) => {
    const template = flags.text('template');
    if (template !== '') {
      streams.output.write(runGoTemplate(template, goObject('version.BuildInfo', { fields: new Map(FIELDS) })));
    } else if (flags.bool('short')) {
      streams.output.write(`${HELM_VERSION.version}+g${HELM_VERSION.gitCommit.slice(0, 7)}\n`);
    } else {
      const members = FIELDS.map(([name, value]) => `${name}:${quote(value)}`);
      streams.output.write(`version.BuildInfo{${members.join(', ')}}\n`);
    }
    return 0;
  },
};
