import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deepCopy, formatFieldError } from '@kindred/machinery';
import fc from 'fast-check';
import type { JSONSchemaProps } from '../structural/json-schema-props.ts';
import { decodeCustomResourceDefinition, decodeCustomResourceDefinitionV1beta1 } from './crd-schema.ts';
import { type CustomResourceDefinitionV1beta1, crdFromV1beta1, crdToV1beta1 } from './crd-v1beta1.ts';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { setCustomResourceDefinitionDefaults } from './defaults.ts';
import {
  v1beta1ExclusivenessErrors,
  validateCustomResourceDefinition,
  validateCustomResourceDefinitionUpdate,
} from './validate-crd.ts';

function website(schema: JSONSchemaProps = { type: 'object' }): CustomResourceDefinition {
  const crd: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'websites.extensions.example.com' },
    spec: {
      scope: 'Namespaced',
      group: 'extensions.example.com',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      names: { kind: 'Website', plural: 'websites' },
    },
  };
  setCustomResourceDefinitionDefaults(crd);
  return crd;
}

function errorsOf(crd: CustomResourceDefinition): string[] {
  return validateCustomResourceDefinition(crd).map(formatFieldError);
}

test('a definition with a schema and default names is valid', () => {
  const crd = website({
    type: 'object',
    properties: { spec: { type: 'object', properties: { gitRepo: { type: 'string' } } } },
  });
  assert.deepEqual(errorsOf(crd), []);
  assert.equal(crd.spec.names.singular, 'website');
  assert.equal(crd.spec.names.listKind, 'WebsiteList');
  assert.deepEqual(crd.spec.conversion, { strategy: 'None' });
});

test('a v1beta1 definition without a schema keeps unknown fields and is valid', () => {
  const object = {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'websites.extensions.example.com' },
    spec: {
      scope: 'Namespaced',
      group: 'extensions.example.com',
      version: 'v1',
      names: { kind: 'Website', singular: 'website', plural: 'websites' },
    },
  };
  const decoded = decodeCustomResourceDefinitionV1beta1(object);
  assert.ok('crd' in decoded);
  const crd = crdFromV1beta1(decoded.crd);
  setCustomResourceDefinitionDefaults(crd);
  assert.equal(crd.spec.preserveUnknownFields, true);
  assert.deepEqual(crd.spec.versions, [{ name: 'v1', served: true, storage: true }]);
  assert.deepEqual(validateCustomResourceDefinition(crd, { requestVersion: 'v1beta1' }), []);
});

const schemaCases: [string, JSONSchemaProps, string[]][] = [
  [
    'a field without a type',
    { type: 'object', properties: { spec: { properties: {} } } },
    [
      'spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields',
    ],
  ],
  [
    'a root that is no object',
    { type: 'string' },
    ['spec.validation.openAPIV3Schema.type: Invalid value: "string": must be object at the root'],
  ],
  [
    'an array without items',
    { type: 'object', properties: { l: { type: 'array' } } },
    ['spec.validation.openAPIV3Schema.properties[l].items: Required value: must be specified'],
  ],
  [
    'an unknown type',
    { type: 'object', properties: { s: { type: 'strin' } } },
    [
      'spec.validation.openAPIV3Schema.properties[s].type: Unsupported value: "strin": supported values: "array", "boolean", "integer", "number", "object", "string"',
    ],
  ],
  [
    'a $ref',
    { type: 'object', properties: { s: { type: 'string', $ref: '#/x' } } },
    ['spec.validation.openAPIV3Schema.properties[s].$ref: Forbidden: $ref is not supported'],
  ],
  [
    'a default that is invalid',
    { type: 'object', properties: { n: { type: 'integer', default: 'x' } } },
    [
      'spec.validation.openAPIV3Schema.properties[n].default: Invalid value: "string": spec.validation.openAPIV3Schema.properties[n].default in body must be of type integer: "string"',
    ],
  ],
  [
    'a default with unknown fields',
    { type: 'object', properties: { o: { type: 'object', default: { x: 1 } } } },
    ['spec.validation.openAPIV3Schema.properties[o].default: Invalid value: {"x":1}: must not have unknown fields'],
  ],
  [
    'a junction that speaks of what is not specified',
    { type: 'object', properties: { a: { type: 'string' } }, anyOf: [{ properties: { b: { minLength: 1 } } }] },
    [
      'spec.validation.openAPIV3Schema.properties[b]: Required value: because it is defined in spec.validation.openAPIV3Schema.anyOf[0].properties[b]',
    ],
  ],
  [
    'map keys that are optional without a default',
    {
      type: 'object',
      properties: {
        l: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' } } },
        },
      },
    },
    [
      'spec.validation.openAPIV3Schema.properties[l].items.properties[name].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
    ],
  ],
  [
    'restricted metadata',
    { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
    [
      'spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified',
    ],
  ],
  [
    'a pattern that is not RE2',
    { type: 'object', properties: { s: { type: 'string', pattern: '(?=a)' } } },
    [
      'spec.validation.openAPIV3Schema.properties[s].pattern: Invalid value: "(?=a)": must be a valid regular expression, but isn\'t: error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
    ],
  ],
];

for (const [name, schema, expected] of schemaCases) {
  test(`a schema with ${name} is rejected`, () => {
    assert.deepEqual(errorsOf(website(schema)), expected);
  });
}

test('names, group, scope and versions are checked', () => {
  const crd = website();
  crd.metadata.name = 'other';
  crd.spec.group = 'example';
  crd.spec.scope = 'Everywhere';
  crd.spec.versions.push({ name: 'V2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } });
  crd.spec.names.listKind = 'Website';
  const errors = errorsOf(crd);
  assert.ok(errors.includes('metadata.name: Invalid value: "other": must be spec.names.plural+"."+spec.group'));
  assert.ok(errors.includes('spec.group: Invalid value: "example": should be a domain with at least one dot'));
  assert.ok(errors.includes('spec.scope: Unsupported value: "Everywhere": supported values: "Cluster", "Namespaced"'));
  assert.ok(
    errors.includes(
      'spec.versions: Invalid value: ["v1","V2"]: must have exactly one version marked as storage version',
    ),
  );
  assert.ok(errors.includes('spec.names.listKind: Invalid value: "Website": kind and listKind may not be the same'));
  assert.ok(errors.some((error) => error.startsWith('spec.versions[1].name: Invalid value: "V2"')));
});

test('groups of the Kubernetes project need an approval', () => {
  const crd = website();
  crd.spec.group = 'x.k8s.io';
  crd.metadata.name = 'websites.x.k8s.io';
  assert.match(errorsOf(crd)[0] ?? '', /^metadata\.annotations\[api-approved\.kubernetes\.io\]: Required value/);
  crd.metadata.annotations = { 'api-approved.kubernetes.io': 'unapproved, experimental' };
  assert.deepEqual(errorsOf(crd), []);
});

test('columns, scale paths and selectable fields are checked', () => {
  const crd = website({
    type: 'object',
    properties: { spec: { type: 'object', properties: { a: { type: 'array', items: { type: 'string' } } } } },
  });
  Object.assign(crd.spec.versions[0] ?? {}, {
    additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'spec' }],
    subresources: { scale: { specReplicasPath: '.status.n', statusReplicasPath: '' } },
    selectableFields: [{ jsonPath: '.spec.a' }, { jsonPath: '.spec.b' }],
  });
  assert.deepEqual(errorsOf(crd), [
    'spec.subresources.scale.specReplicasPath: Invalid value: ".status.n": should be a json path under .spec',
    'spec.subresources.scale.statusReplicasPath: Required value',
    'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
    'spec.additionalPrinterColumns[0].JSONPath: Invalid value: "spec": must be a simple json path starting with .',
    'spec.selectableFields[0].jsonPath: Invalid value: ".spec.a": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
    'spec.selectableFields[1].jsonPath: Invalid value: ".spec.b": is an invalid path: does not refer to a valid field',
  ]);
});

test('a stored version cannot leave and an established definition keeps its kind', () => {
  const old = website();
  old.status = { storedVersions: ['v1'], conditions: [{ type: 'Established', status: 'True' }] };
  const crd = deepCopy(old);
  crd.spec.names.kind = 'Site';
  crd.spec.versions[0] = { name: 'v2', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } };
  assert.deepEqual(validateCustomResourceDefinitionUpdate(crd, old).map(formatFieldError), [
    'spec.names.kind: Invalid value: "Site": field is immutable',
    'status.storedVersions: Invalid value: ["v1"]: must have the storage version v2',
    'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions',
  ]);
});

test('v1beta1 definitions come back as they were, with what versions share at the top', () => {
  const crd: CustomResourceDefinitionV1beta1 = {
    apiVersion: 'apiextensions.k8s.io/v1beta1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'a.b.c' },
    spec: {
      group: 'b.c',
      version: 'v1',
      names: { plural: 'a', kind: 'A' },
      scope: 'Cluster',
      validation: { openAPIV3Schema: { type: 'object' } },
      subresources: { status: {} },
      versions: [
        { name: 'v1', served: true, storage: true },
        { name: 'v2', served: true, storage: false },
      ],
      additionalPrinterColumns: [{ name: 'X', type: 'string', JSONPath: '.spec.x' }],
      conversion: {
        strategy: 'Webhook',
        webhookClientConfig: { url: 'https://x' },
        conversionReviewVersions: ['v1beta1'],
      },
      preserveUnknownFields: false,
    },
  };
  assert.deepEqual(crdToV1beta1(crdFromV1beta1(crd)), crd);
  const first = crd.spec.versions?.[0];
  if (first !== undefined) first.schema = { openAPIV3Schema: { type: 'object' } };
  assert.deepEqual(v1beta1ExclusivenessErrors(crd).map(formatFieldError), [
    'spec.validation: Forbidden: top-level and per-version schemas are mutually exclusive',
  ]);
});

test('a definition of the wrong shape is reported by field, and decoding never throws', () => {
  const decoded = decodeCustomResourceDefinition({
    spec: { names: { plural: 5 }, versions: [{ schema: { openAPIV3Schema: { properties: { a: { items: 5 } } } } }] },
  });
  assert.ok('errors' in decoded);
  assert.equal(decoded.errors[0]?.field, 'spec.names.plural');
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('spec', 'status'), fc.jsonValue()), (value) => {
      const result = decodeCustomResourceDefinition(value);
      if ('crd' in result) validateCustomResourceDefinition({ ...result.crd, metadata: {} });
    }),
  );
});
