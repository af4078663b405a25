/**
 * Modules of Node that are loaded when something of them is used: scripts name all that they may need at their start, and a
 * command mostly needs little of it (cryptography alone takes as long to load as a small chart to render).
 */
const LAZY: ReadonlySet<string> = new Set(
  ['child_process', 'crypto', 'dns/promises', 'http', 'http2', 'https', 'net', 'os', 'tls', 'zlib'].map(
    (name) => `node:${name}`,
  ),
);

/** @param load what loads it, and everything that doesn't wait */
export function lazyModule(name: string, load: (name: string) => object): object {
  if (!LAZY.has(name)) return load(name);
  let module: object | undefined;
  const real = (): object => (module ??= load(name));
  return new Proxy(
    {},
    {
      get: (_, member) => Reflect.get(real(), member),
      has: (_, member) => Reflect.has(real(), member),
      ownKeys: () => Reflect.ownKeys(real()),
      getOwnPropertyDescriptor: (_, member) => {
        const found = Reflect.getOwnPropertyDescriptor(real(), member);
        // A proxy may not call fixed what its own target doesn't have.
        return found && { ...found, configurable: true };
      },
    },
  );
}
