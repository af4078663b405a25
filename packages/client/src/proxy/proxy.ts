/**
 * Which proxy a request goes through, by the variables HTTP_PROXY, HTTPS_PROXY and NO_PROXY, read as Go's package
 * httpproxy reads them: hosts of this machine never go through one.
 */
import { BlockList, isIP } from 'node:net';

/** The proxy for an address; undefined when the request goes straight. */
export type ProxyFor = (url: URL) => URL | undefined;

export function proxyFromEnvironment(environment: Readonly<Record<string, string | undefined>>): ProxyFor {
  const read = (name: string): string => environment[name] || environment[name.toLowerCase()] || '';
  const proxies: Readonly<Record<string, URL | undefined>> = {
    // A CGI program gets HTTP_PROXY from whoever sends a header Proxy.
    'http:': environment['REQUEST_METHOD'] === undefined ? proxyUrl(read('HTTP_PROXY')) : undefined,
    'https:': proxyUrl(read('HTTPS_PROXY')),
  };
  const excepted = exceptions(read('NO_PROXY'));
  return (url) => {
    const proxy = proxies[url.protocol];
    if (proxy === undefined || isLocal(url.hostname) || excepted(url)) return undefined;
    return proxy;
  };
}

/** `host:port` is enough. */
function proxyUrl(text: string): URL | undefined {
  if (text === '') return undefined;
  for (const candidate of [text, `http://${text}`]) {
    if (!/^(?:https?|socks5h?):\/\//.test(candidate) || !URL.canParse(candidate)) continue;
    return new URL(candidate);
  }
  return undefined;
}

function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function isLocal(hostname: string): boolean {
  const host = bareHost(hostname);
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

function exceptions(list: string): (url: URL) => boolean {
  const rules = list
    .split(',')
    .map((rule) => exception(rule.trim().toLowerCase()))
    .filter((rule) => rule !== undefined);
  return (url) => {
    const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
    return rules.some((rule) => rule(bareHost(url.hostname), port));
  };
}

type Rule = (host: string, port: string) => boolean;

function exception(rule: string): Rule | undefined {
  if (rule === '') return undefined;
  if (rule === '*') return () => true;
  const network = /^(.+)\/(\d+)$/.exec(rule);
  if (network !== null) return networkRule(network[1] ?? '', Number(network[2]));
  const [, name = rule, wanted] = /^(.+?):(\d+)$/.exec(isIP(rule) === 0 ? rule : '') ?? [];
  const isPort = (port: string): boolean => wanted === undefined || wanted === port;
  if (isIP(bareHost(name)) !== 0) return (host, port) => host === bareHost(name) && isPort(port);
  const domain = name.replace(/^\*/, '').replace(/^\.?/, '.');
  const withSelf = !/^\*?\./.test(name);
  return (host, port) => (host.endsWith(domain) || (withSelf && host === domain.slice(1))) && isPort(port);
}

function networkRule(address: string, bits: number): Rule | undefined {
  const family = isIP(address);
  if (family === 0 || bits > (family === 4 ? 32 : 128)) return undefined;
  const network = new BlockList();
  network.addSubnet(address, bits, family === 4 ? 'ipv4' : 'ipv6');
  return (host) => isIP(host) === family && network.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
