/**
 * ImageReviews, which people write and the server stores: what somebody thinks of an image. The server knows who that is.
 */
import { Pod } from '@kindred/apis/core/v1';
import { forbiddenField } from '@kindred/machinery';
import { defineKind, type ObservedOf, s } from '@kindred/operator';
import { type AdmitCall, stored } from '@kindred/operator/api-server';
import { imagesOfPods } from './images-of-pods.ts';
import { group } from './running-image.ts';

export const ImageReview = defineKind({
  group,
  version: 'v1',
  kind: 'ImageReview',
  plural: 'imagereviews',
  shortNames: ['ir'],
  scope: 'Cluster',
  description: 'What somebody thinks of an image.',
  spec: s.object({
    image: s.string().min(1).describe('As pods name it.'),
    verdict: s.enum('approved', 'rejected'),
    reason: s.string().optional(),
    reviewer: s.string().optional().describe('Whoever wrote the verdict; set by the server.'),
  }),
  columns: [
    { name: 'Image', path: '.spec.image' },
    { name: 'Verdict', path: '.spec.verdict' },
    { name: 'Reviewer', path: '.spec.reviewer' },
    { name: 'Age', path: '.metadata.creationTimestamp' },
  ],
});

type ImageReview = ObservedOf<typeof ImageReview>;

export const imageReviews = stored(ImageReview, {
  admit,
  validateUpdate: (review, old) =>
    review.spec.image === old.spec.image ? [] : [forbiddenField('spec.image', 'a review is of one image for good')],
  selectableFields: {
    'spec.image': ({ spec }) => spec.image,
    'spec.verdict': ({ spec }) => spec.verdict,
  },
});

/** Whoever changes the verdict stands for it; and hears whether it matters to anybody. */
async function admit({ operation, object, old, user, client, warn }: AdmitCall<ImageReview>) {
  if (operation === 'DELETE') return;
  const { spec } = object;
  if (spec.verdict === old?.spec.verdict) {
    spec.reviewer = old.spec.reviewer ?? user.username;
    return;
  }
  spec.reviewer = user.username;
  if (spec.verdict !== 'rejected') return;
  const { items } = await client.list(Pod);
  for (const { metadata, spec: running } of imagesOfPods(items)) {
    if (running.image !== spec.image) continue;
    warn(`${spec.image} is rejected, and runs in ${running.pods} pods of namespace ${metadata.namespace}`);
  }
}
