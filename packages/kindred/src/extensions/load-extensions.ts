/**
 * Finds the extensions that were asked for: bundled ones by name, others by the path of a module that exports one as
 * default.
 */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorText } from '@kindred/machinery';
import type { Extension, ExtensionImage } from '@kindred/operator';
import { Fault } from '../fault.ts';

/** Loads the ES module at a URL. */
export type ImportModule = (url: string) => Promise<unknown>;

interface Bundled {
  readonly load: () => Promise<{ default: Extension }>;
  /** Whether programs of its stand in for images: then it is loaded at each start. */
  readonly hasImages: boolean;
}

/** By name. Loaded only when asked for. */
const bundled: Readonly<Record<string, Bundled>> = {
  website: { load: () => import('@kindred-examples/website'), hasImages: true },
  helm: { load: () => import('@kindred/helm/controller'), hasImages: false },
};

export async function loadExtensions(
  names: readonly string[],
  importModule: ImportModule,
): Promise<readonly Extension[]> {
  return Promise.all(names.map((name) => bundled[name]?.load().then(extensionOf) ?? loadByPath(name, importModule)));
}

/**
 * The images that the node has: of the extensions that run, and of the bundled ones that don't. Who installs such a
 * controller with kubectl, from its manifest, finds its image there.
 */
export async function imagesFor(extensions: readonly Extension[]): Promise<ExtensionImage[]> {
  const withImages = Object.values(bundled).filter(({ hasImages }) => hasImages);
  const known = await Promise.all(withImages.map(({ load }) => load().then(extensionOf)));
  return [...new Set([...extensions, ...known])].flatMap(({ images }) => images);
}

function extensionOf(module: { readonly default: Extension }): Extension {
  return module.default;
}

async function loadByPath(name: string, importModule: ImportModule): Promise<Extension> {
  if (!/[./]/.test(name)) {
    const known = Object.keys(bundled).join(', ');
    const hint = `Bundled extensions: ${known}. A module is named by its path, such as ./my-extension.js.`;
    throw new Fault('KND_EXTENSION', `There is no extension "${name}"`, hint);
  }
  return loadModule(resolve(name), importModule);
}

async function loadModule(path: string, importModule: ImportModule): Promise<Extension> {
  let module: unknown;
  try {
    module = await importModule(pathToFileURL(path).href);
  } catch (error) {
    const reason = errorText(error);
    const hint = 'Give the path of a compiled ES module that exports defineExtension({ … }) as default.';
    throw new Fault('KND_EXTENSION', `The extension ${path} cannot be loaded: ${reason}`, hint, { cause: error });
  }
  const extension = (module as { default?: unknown }).default;
  if (isExtension(extension)) return extension;
  const hint = 'Export the value that defineExtension({ … }) returns: export default defineExtension({ … }).';
  throw new Fault('KND_EXTENSION', `The module ${path} does not export an extension as default`, hint);
}

function isExtension(value: unknown): value is Extension {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    ['crds', 'controllers', 'webhooks', 'apiServers', 'roles', 'rbac', 'images'].every((field) =>
      Array.isArray((value as Record<string, unknown>)[field]),
    )
  );
}
