/** What a registry lets somebody in with: a user's name and password, or a token to get tokens with. */
export type Credential =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'refresh-token'; readonly token: string };
