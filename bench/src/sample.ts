/** The custom object that is written and read: about 2 KB of JSON. */

export const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'samples.bench.example.com' },
  spec: {
    group: 'bench.example.com',
    scope: 'Namespaced',
    names: { plural: 'samples', singular: 'sample', kind: 'Sample' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['size'],
                properties: {
                  size: { type: 'integer', minimum: 1, maximum: 100 },
                  mode: { type: 'string', enum: ['fast', 'safe'], default: 'safe' },
                  items: {
                    type: 'array',
                    items: {
                      type: 'object',
                      properties: {
                        name: { type: 'string', maxLength: 64 },
                        value: { type: 'string' },
                        weight: { type: 'integer' },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

export function collectionPath(namespace: string): string {
  return `/apis/bench.example.com/v1/namespaces/${namespace}/samples`;
}

export function namespaceOf(name: string): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function sampleObject(name: string): Record<string, unknown> {
  const items = Array.from({ length: 20 }, (_, index) => ({
    name: `item-${index}`,
    value: `a value of some length, number ${index}, as objects have`,
    weight: index,
  }));
  return {
    apiVersion: 'bench.example.com/v1',
    kind: 'Sample',
    metadata: { name, labels: { app: 'bench', tier: 'backend' } },
    spec: { size: 3, mode: 'safe', items },
  };
}
