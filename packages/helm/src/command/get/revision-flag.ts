/** `--revision` of the commands that show one revision of a release. */
import type { Flag } from '../flags/flag.ts';

export const revisionFlag: Flag = {
  kind: 'int',
  name: 'revision',
  usage: 'the revision to show, instead of the newest',
};
