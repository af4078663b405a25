/**
 * Where the files of this package are that are run and not imported: the programs of built-in images, the helper scripts.
 * Found by the package's name, since the agent itself may have been bundled into another directory.
 */
import { fileURLToPath } from 'node:url';

const compiled = import.meta.resolve('@kindred/node');

/** Programs of the built-in images, compiled. */
export const programsDirectory: string = fileURLToPath(new URL('./programs', compiled));
/** `container-init.sh` and its kin. */
export const scriptsDirectory: string = fileURLToPath(new URL('../src/runtime', compiled));
/** Entry of the agent's process, not bundled. */
export const agentMain: string = fileURLToPath(new URL('./main.js', compiled));
