/** `--secret-key-file`: the key of encrypted values, for every command that reads some. */
import type { Flag } from '../flags/flag.ts';

export const secretKeyFlag: Flag = {
  kind: 'string',
  name: 'secret-key-file',
  usage:
    'file with the key of encrypted values; without it $KINDRED_SECRET_KEY, $NELM_SECRET_KEY, $WERF_SECRET_KEY, ' +
    '.werf_secret_key here, or .werf/global_secret_key at home',
};
