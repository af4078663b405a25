/**
 * The parcel: an API server with two resources, and roles for people. `kindred up --extensions ./…/extension.js` runs it.
 */
import { Pod } from '@kindred/apis/core/v1';
import { defineExtension, readRules } from '@kindred/operator';
import { defineApiServer } from '@kindred/operator/api-server';
import { ImageReview, imageReviews } from './image-reviews.ts';
import { RunningImage } from './running-image.ts';
import { runningImages } from './running-images.ts';

const inventory = defineApiServer({
  name: 'inventory',
  resources: [runningImages, imageReviews],
  // RunningImages are worked out as whoever asks; the warnings of ImageReviews need a look of the server's own.
  impersonation: true,
  rules: readRules(Pod),
});

export default defineExtension({
  name: 'image-inventory',
  apiServers: [inventory],
  roles: [
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: {
        name: 'image-inventory:view',
        labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' },
      },
      rules: [...readRules(RunningImage), ...readRules(ImageReview)],
    },
  ],
});
