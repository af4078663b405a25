/**
 * Where this package's compiled files are (a URL that ends in `/`). Found by the package's name, since the code that asks
 * may have been bundled into one file.
 */
export const compiledDirectory: URL = new URL('./dist/', import.meta.resolve('@kindred/kindred/package.json'));
