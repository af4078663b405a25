/** Helm's toToml and fromToml (package BurntSushi/toml). */
import { fn } from '../go/define-function.ts';
import { FunctionError } from '../go/function-error.ts';
import { type GoFunction, GoMap } from '../go/value.ts';
import { readToml } from '../toml/read.ts';
import { writeToml } from '../toml/write.ts';

export const tomlFunctions: Readonly<Record<string, GoFunction>> = {
  toToml: fn(['any'], (value) => {
    try {
      return writeToml(value);
    } catch (error) {
      // Helm gives the message as the result here.
      if (error instanceof FunctionError && error.message.startsWith('toml: ')) return error.message;
      throw error;
    }
  }),
  fromToml: fn(['string'], (text) => {
    try {
      return readToml(text);
    } catch (error) {
      if (error instanceof FunctionError) return new GoMap([['Error', error.message]]);
      throw error;
    }
  }),
};
