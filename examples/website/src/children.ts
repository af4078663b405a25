/**
 * What a Website is made of: a Deployment whose pods fetch the repository and serve it, and a Service that gives it a port.
 * Pure functions: the same Website always gives the same objects.
 */
import { Deployment } from '@kindred/apis/apps/v1';
import { Service } from '@kindred/apis/core/v1';
import { child } from '@kindred/operator';
import type { Website } from './website.ts';

/** On the pods, with the Website's name as value: that is how they are found. */
export const websiteLabel = 'extensions.example.com/website';

export const webServer = 'main';
export const gitSync = 'git-sync';

const content = 'html';

export function deploymentFor(site: Website): Deployment {
  const labels = labelsOf(site);
  return child(Deployment, {
    metadata: { name: childName(site), labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: webServer,
              image: 'nginx:alpine',
              ports: [{ name: 'http', containerPort: 80 }],
              volumeMounts: [{ name: content, mountPath: '/usr/share/nginx/html', readOnly: true }],
              // Ready once there is a page, not merely a server.
              readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 },
            },
            {
              name: gitSync,
              image: 'openweb/git-sync',
              env: [
                { name: 'GIT_SYNC_REPO', value: site.spec.gitRepo },
                { name: 'GIT_SYNC_DEST', value: '/gitrepo' },
                { name: 'GIT_SYNC_BRANCH', value: 'master' },
                { name: 'GIT_SYNC_REV', value: 'FETCH_HEAD' },
                { name: 'GIT_SYNC_WAIT', value: '5' },
              ],
              volumeMounts: [{ name: content, mountPath: '/gitrepo' }],
              // What it says last is what the Website's status says when it fails.
              terminationMessagePolicy: 'FallbackToLogsOnError',
            },
          ],
          volumes: [{ name: content, emptyDir: {} }],
        },
      },
    },
  });
}

export function serviceFor(site: Website): Service {
  const labels = labelsOf(site);
  return child(Service, {
    metadata: { name: childName(site), labels },
    spec: { type: 'NodePort', selector: labels, ports: [{ name: 'http', port: 80, targetPort: 80 }] },
  });
}

function childName(site: Website): string {
  return `${site.metadata.name}-website`;
}

function labelsOf(site: Website): Record<string, string> {
  return { [websiteLabel]: site.metadata.name };
}
