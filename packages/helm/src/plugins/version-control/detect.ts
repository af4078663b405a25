/**
 * Which version control an address is of, by the rules that helm goes by (the Go library Masterminds/vcs): well-known hosts,
 * schemes, endings, and what a host says of itself to `go get`.
 */

export type VersionControlName = 'git' | 'hg' | 'svn' | 'bzr';

/** A repository, and where it really is. */
export interface DetectedRepository {
  readonly kind: VersionControlName;
  readonly remote: string;
}

const PATH = '[A-Za-z0-9_.-]+';

/** By host and path. */
const HOSTS: readonly (readonly [RegExp, VersionControlName])[] = [
  [new RegExp(`^github\\.com/${PATH}/${PATH}(?:/|$)`), 'git'],
  // Mercurial is gone from there.
  [new RegExp(`^bitbucket\\.org/${PATH}/${PATH}(?:/|$)`), 'git'],
  [new RegExp(`^gitlab\\.com/${PATH}/${PATH}(?:/|$)`), 'git'],
  [/^git\.launchpad\.net\//, 'git'],
  [/^launchpad\.net\//, 'bzr'],
  [/^hub\.jazz\.net\/git\//, 'git'],
  [/^go\.googlesource\.com\//, 'git'],
  [/^git\.openstack\.org\//, 'git'],
  [/^[^/]+\/.*\.git(?:\/|$)/, 'git'],
  [/^[^/]+\/.*\.hg(?:\/|$)/, 'hg'],
  [/^[^/]+\/.*\.svn(?:\/|$)/, 'svn'],
  [/^[^/]+\/.*\.bzr(?:\/|$)/, 'bzr'],
];

const SCHEMES: Readonly<Record<string, VersionControlName>> = {
  git: 'git',
  'git+ssh': 'git',
  svn: 'svn',
  'svn+ssh': 'svn',
  bzr: 'bzr',
  'bzr+ssh': 'bzr',
};

/** By the address alone; undefined when that doesn't tell. */
export function detectByAddress(source: string): DetectedRepository | undefined {
  // What scp takes: user@host:path. Only git has such addresses.
  if (/^[\w.-]+@[\w.-]+:/.test(source)) return { kind: 'git', remote: source };
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(source) ?? [];
  const known = SCHEMES[scheme.toLowerCase()];
  if (known !== undefined) return { kind: known, remote: source };
  if (!['http', 'https', 'ssh'].includes(scheme.toLowerCase())) return undefined;
  const [user, address] = rest.includes('@') ? [/^[^@]*/.exec(rest)?.[0], rest.replace(/^[^@]*@/, '')] : ['', rest];
  if (scheme.toLowerCase() === 'ssh' && user === 'git') return { kind: 'git', remote: source };
  const kind = HOSTS.find(([pattern]) => pattern.test(address.replace(/^([^/:]+):\d+/, '$1')))?.[1];
  return kind === undefined ? undefined : { kind, remote: source };
}

/** By the page that a host has for `go get`: `<meta name="go-import" content="prefix kind address">`. */
export function detectByPage(page: string): DetectedRepository | undefined {
  const meta = /<meta\s+name=["']?go-import["']?\s+content=["']\s*\S+\s+(\w+)\s+(\S+?)\s*["']/i.exec(page);
  const [, kind = '', remote = ''] = meta ?? [];
  return isKind(kind) ? { kind, remote } : undefined;
}

function isKind(text: string): text is VersionControlName {
  return text === 'git' || text === 'hg' || text === 'svn' || text === 'bzr';
}
