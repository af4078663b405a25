/** What stands in a template where the cursor is: a value, a field of a built-in object, a function, a definition's name. */
import type { Token } from '../template/token.ts';
import type { Range } from './source-text.ts';
import { type TemplateDocument, textOfToken } from './template-document.ts';
import { type Reference, resolveChain, scopeAfter } from './template-scope.ts';

export type Cursor =
  | { readonly kind: 'reference'; readonly reference: Reference; readonly range: Range }
  | { readonly kind: 'function'; readonly name: string; readonly range: Range }
  | { readonly kind: 'definition'; readonly name: string; readonly range: Range };

export function cursorAt({ source, tokens }: TemplateDocument, offset: number): Cursor | undefined {
  const at = tokens.findIndex((token) => token.position <= offset && offset < token.position + token.text.length);
  const token = tokens[at];
  if (token === undefined) return undefined;
  const range = source.range(token.position, token.position + token.text.length);
  if (token.type === 'identifier') return { kind: 'function', name: token.text, range };
  const text = textOfToken(token);
  if (text !== undefined) return isTemplateName(tokens, at) ? { kind: 'definition', name: text, range } : undefined;
  if (token.type !== 'field' && token.type !== 'variable') return undefined;
  const first = firstOfChain(tokens, at);
  const before = tokens[first - 1];
  // Behind a parenthesis stands what an expression gives.
  if (before?.type === 'rightParen' && endsAt(before, tokens[first])) return undefined;
  const chain = tokens.slice(first, at + 1);
  const reference = resolveChain(chain, scopeAfter(tokens.slice(0, first)));
  return {
    kind: 'reference',
    reference,
    range: source.range(chain[0]?.position ?? 0, token.position + token.text.length),
  };
}

/** The names that belong together begin where something else stands before them. */
function firstOfChain(tokens: readonly Token[], at: number): number {
  let first = at;
  for (let before = tokens[first - 1]; before !== undefined; before = tokens[first - 1]) {
    const isName = before.type === 'field' || before.type === 'variable';
    if (!isName || tokens[first]?.type !== 'field' || !endsAt(before, tokens[first])) break;
    first--;
  }
  return first;
}

function endsAt(token: Token, next: Token | undefined): boolean {
  return token.position + token.text.length === next?.position;
}

function isTemplateName(tokens: readonly Token[], at: number): boolean {
  const before = tokens.slice(0, at).findLast(({ type }) => type !== 'space');
  if (before === undefined) return false;
  if (before.type === 'identifier') return before.text === 'include';
  return before.type === 'keyword' && ['template', 'define', 'block'].includes(before.text);
}
