/** The lines of `secret` in the table of commands: values and files that are kept encrypted. */
import type { CommandEntry } from './command.ts';

export const secretGroup: CommandEntry = {
  name: 'secret',
  short: 'keep values and files encrypted',
  long: 'Commands about values and files that are encrypted with a key, in the form of nelm and werf.',
  subcommands: [
    {
      name: 'file',
      short: 'encrypt or decrypt a file',
      long: 'Encrypts and decrypts files as a whole.',
      subcommands: [
        {
          name: 'decrypt',
          short: 'decrypt a file',
          load: async () => (await import('./secret/secret.ts')).decryptFileCommand,
        },
        {
          name: 'edit',
          short: 'edit an encrypted file',
          load: async () => (await import('./secret/edit.ts')).editFileCommand,
        },
        {
          name: 'encrypt',
          short: 'encrypt a file',
          load: async () => (await import('./secret/secret.ts')).encryptFileCommand,
        },
      ],
    },
    {
      name: 'key',
      short: 'make a new key',
      load: async () => (await import('./secret/secret.ts')).secretKeyCommand,
    },
    {
      name: 'rotate-secret-key',
      short: 'encrypt everything with a new key',
      load: async () => (await import('./secret/rotate.ts')).rotateCommand,
    },
    {
      name: 'values',
      short: 'encrypt or decrypt the values of a file',
      long: 'Encrypts and decrypts files of values, value by value.',
      subcommands: [
        {
          name: 'decrypt',
          short: 'decrypt the values of a file',
          load: async () => (await import('./secret/secret.ts')).decryptValuesCommand,
        },
        {
          name: 'edit',
          short: 'edit a file with encrypted values',
          load: async () => (await import('./secret/edit.ts')).editValuesCommand,
        },
        {
          name: 'encrypt',
          short: 'encrypt the values of a file',
          load: async () => (await import('./secret/secret.ts')).encryptValuesCommand,
        },
      ],
    },
  ],
};
