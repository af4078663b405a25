/** The last words of a start: that the platform is ready, where it is, and what to try next. */
export interface Announcement {
  readonly milliseconds: number;
  readonly url: string;
  readonly kubeconfig: string;
  readonly hasWebsites: boolean;
  /** Of the Website that is served from the first start on. */
  readonly page: { readonly url: string; readonly repository: string } | undefined;
}

export function announcement({ milliseconds, url, kubeconfig, hasWebsites, page }: Announcement): string {
  const kubectl = `kubectl --kubeconfig ${kubeconfig}`;
  const lines = [`Ready in ${Math.round(milliseconds)} ms: ${url}`, `  kubeconfig  ${kubeconfig}`];
  if (page !== undefined) lines.push(`  page        ${page.url}`, `  repository  ${page.repository}`);
  lines.push('', 'Try next:');
  if (hasWebsites) {
    lines.push(`  ${kubectl} get websites,deploy,svc,pod`, `  ${kubectl} explain website.spec`);
    if (page !== undefined) {
      lines.push(`  ${kubectl} describe website kubia`, `  ${kubectl} logs deploy/kubia-website -c main`);
    }
  } else {
    lines.push(`  ${kubectl} get all --all-namespaces`, `  ${kubectl} api-resources`);
  }
  lines.push('Ctrl-C stops everything.');
  return `${lines.join('\n')}\n`;
}
