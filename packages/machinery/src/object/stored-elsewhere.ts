/**
 * What the API server notes on a namespace: groups whose objects in it are kept by servers of APIServices. Whoever deletes
 * the namespace knows by it which of those servers must be asked first.
 */

/** Names of groups, separated by commas. */
export const storedElsewhereAnnotation = 'aggregation.kindred.dev/groups';
