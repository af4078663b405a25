/**
 * The libraries that expressions in Kubernetes' objects have. `authorizer` isn't among them: it asks the API server.
 */
import { encodersLibrary } from './encoders.ts';
import { formatLibrary } from './format.ts';
import type { Library } from './library.ts';
import { listsLibrary } from './lists.ts';
import { mathLibrary } from './math.ts';
import { networkLibrary } from './network.ts';
import { quantityLibrary } from './quantity.ts';
import { regexLibrary } from './regex.ts';
import { semverLibrary } from './semver.ts';
import { setsLibrary } from './sets.ts';
import { stringsLibrary } from './strings.ts';
import { urlsLibrary } from './urls.ts';

export const kubernetesLibraries: readonly Library[] = [
  stringsLibrary,
  listsLibrary,
  regexLibrary,
  urlsLibrary,
  quantityLibrary,
  networkLibrary,
  setsLibrary,
  mathLibrary,
  encodersLibrary,
  formatLibrary,
  semverLibrary,
];
