/** The extension as a value: what `kindred up` runs in its own process, and what a test puts into a test cluster. */
import { fileURLToPath } from 'node:url';
import { defineExtension } from '@kindred/operator';
import { websites } from './controller.ts';
import { Website } from './website.ts';

export { websites } from './controller.ts';
export { Website } from './website.ts';

// Found by the package's name: this module may have been bundled into another directory.
const compiled = import.meta.resolve('@kindred-examples/website');
const legacyController = fileURLToPath(new URL('./legacy-controller.js', compiled));

const website = defineExtension({
  name: 'website',
  kinds: [Website],
  controllers: [websites],
  // `manifests/website-controller.yaml` names this image; where there is no registry, this program does its job.
  images: [
    {
      names: ['luksa/website-controller'],
      entrypoint: ['$(NODE)', '--max-semi-space-size=1', legacyController],
      hostPaths: [legacyController],
    },
  ],
});

export default website;
