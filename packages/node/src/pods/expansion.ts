/**
 * $(NAME) references in commands, arguments and environment values (Kubernetes documentation, 'Define Dependent
 * Environment Variables'): unknown names stay as they are, `$$` is one dollar sign.
 */
export function expandReferences(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (whole, name: string | undefined) => {
    if (name === undefined) return '$';
    return Object.hasOwn(values, name) ? (values[name] ?? '') : whole;
  });
}
