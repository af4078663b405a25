/** A container can't be set up from its spec as things are: shown as CreateContainerConfigError, tried again later. */
export class ConfigError extends Error {}
