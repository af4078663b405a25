// Reads facts/kubernetes-types.json and makes one normal form of its two sections: `types` (from the OpenAPI document,
// full names) and `legacy` (from protobuf definitions: scalar names of protobuf, dotted names, nothing on lists).
import { readFileSync } from 'node:fs';
import { inlinedMessages } from './inlined-messages.mjs';

const facts = JSON.parse(readFileSync(new URL('../facts/kubernetes-types.json', import.meta.url), 'utf8'));

const protoScalars = {
  string: { type: 'string' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bool: { type: 'boolean' },
  double: { type: 'number', format: 'double' },
  bytes: { type: 'string', format: 'byte' },
};

/** Kinds of the legacy section that have TypeMeta without an ObjectMeta or ListMeta to tell them by. */
const topLevelWithoutMetadata = /\.(AdmissionReview|ConversionReview|DeploymentRollback|\w+Options)$/;

/** Fields of the admission review that its documentation requires; the legacy section does not know. */
const requiredFields = {
  'io.k8s.api.admission.v1.AdmissionRequest': ['uid', 'kind', 'resource', 'operation', 'userInfo'],
  'io.k8s.api.admission.v1.AdmissionResponse': ['uid', 'allowed'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionRequest': ['uid', 'desiredAPIVersion', 'objects'],
  'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.ConversionResponse': ['uid', 'convertedObjects', 'result'],
};

/** Where list and patch semantics of a type without its own come from: the same type of the version that followed. */
const successors = [
  ['io.k8s.api.extensions.v1beta1.', ['io.k8s.api.apps.v1.', 'io.k8s.api.networking.v1.']],
  ['io.k8s.api.apps.v1beta1.', ['io.k8s.api.apps.v1.']],
  ['io.k8s.api.apps.v1beta2.', ['io.k8s.api.apps.v1.']],
  ['io.k8s.api.networking.v1beta1.', ['io.k8s.api.networking.v1.']],
  ['io.k8s.api.rbac.v1beta1.', ['io.k8s.api.rbac.v1.']],
  ['io.k8s.api.rbac.v1alpha1.', ['io.k8s.api.rbac.v1.']],
  ['io.k8s.api.policy.v1beta1.', ['io.k8s.api.policy.v1.']],
  ['io.k8s.api.batch.v1beta1.', ['io.k8s.api.batch.v1.']],
  ['io.k8s.api.admissionregistration.v1beta1.', ['io.k8s.api.admissionregistration.v1.']],
  [
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1beta1.',
    ['io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.'],
  ],
  ['io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.', ['io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.']],
];

/** Fields that later releases dropped, keeping their numbers free; documents of their time have them. */
const droppedFields = {
  // Kubernetes 1.7; split into groupPriorityMinimum and versionPriority in 1.8.
  'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1beta1.APIServiceSpec': { priority: { n: 6, type: 'int64' } },
};

const apiextensions = 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions';
const typeNames = typeNamesByMessage();

/** Every type by name, in order of names: `{ fields?, gvk?, inlined?, mapType?, type?, format?, proto? }`. */
export function allTypes() {
  allTypesMemo ??= buildTypes();
  return allTypesMemo;
}

let allTypesMemo;

function buildTypes() {
  const types = {};
  for (const [name, type] of Object.entries(facts.legacy)) types[name] = legacyType(name, type);
  for (const [name, type] of Object.entries(facts.types)) types[name] = modernType(type);
  for (const name of Object.keys(types)) if (facts.legacy[name]) inheritSemantics(name, types);
  for (const [name, fields] of Object.entries(inlinedMessages(types))) types[name] = { fields };
  for (const kind of ['JSONSchemaProps', ...anyTypes]) {
    types[`${apiextensions}.v1beta1.${kind}`] = inVersion(types[`${apiextensions}.v1.${kind}`], 'v1', 'v1beta1');
  }
  return Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What is served: the resources of the facts as they stand. */
export function resourceFacts() {
  return facts;
}

/** True for a type of the section that the current OpenAPI document has. */
export function isModern(name) {
  return name in facts.types;
}

const anyTypes = ['JSON', 'JSONSchemaPropsOrArray', 'JSONSchemaPropsOrBool', 'JSONSchemaPropsOrStringArray'];

function typeNamesByMessage() {
  const names = new Map();
  for (const section of [facts.legacy, facts.types]) {
    for (const [name, type] of Object.entries(section)) {
      // Scalar types name no message; theirs is their own name, in Go's order.
      names.set(type.protoMessage ?? name.slice('io.'.length).replace(/^k8s\./, 'k8s.io.'), name);
    }
  }
  return names;
}

function resolve(protoType, packageName) {
  if (protoType in protoScalars) return protoScalars[protoType];
  const message = protoType.startsWith('.') ? protoType.slice(1) : `${packageName}.${protoType}`;
  // VolumeSource and its like exist in protobuf only; `inlinedMessages` has them under the name they would have.
  const type = typeNames.get(message) ?? message.replace(/^k8s\.io\./, 'io.k8s.');
  return { type };
}

function packageOf(protoMessage) {
  return protoMessage.slice(0, protoMessage.lastIndexOf('.'));
}

function modernType({ fields, gvk, inlined, mapType, type, format, proto, protoMessage }) {
  const result = {};
  if (gvk && gvk.length === 1) result.gvk = gvk;
  if (mapType) result.mapType = mapType;
  if (!fields && proto && Object.keys(proto).length > 0)
    return { ...result, type, ...(format ? { format } : {}), proto };
  result.fields = fields ? structuredClone(fields) : {};
  for (const [name, member] of Object.entries(inlined ?? {})) {
    const dashed = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    if (dashed in result.fields) result.fields[dashed].n = member.n;
    else addInlined(result, member.n, resolve(member.type, packageOf(protoMessage)).type);
  }
  return result;
}

function legacyType(name, { fields, protoMessage }) {
  const result = { fields: {} };
  const packageName = packageOf(protoMessage);
  if (isTopLevel(name, fields)) {
    result.fields.apiVersion = { type: 'string' };
    result.fields.kind = { type: 'string' };
    const [group, version] = groupVersionOf(packageName);
    // Options belong to every group; `TypeTable.typeNameOf` finds them without a list of all of them.
    if (group !== undefined) result.gvk = [{ group, version, kind: name.slice(name.lastIndexOf('.') + 1) }];
  }
  for (const [fieldName, { n, type, array, map }] of Object.entries({ ...fields, ...droppedFields[name] })) {
    const resolved = resolve(type, packageName);
    if (fieldName === 'ingressRuleValue') {
      addInlined(result, n, resolved.type);
      for (const [inner, field] of Object.entries(facts.legacy[resolved.type].fields)) {
        result.fields[inner] = resolve(field.type, packageName);
      }
    } else if (type === 'ExtraValue') {
      result.fields[fieldName] = { type: 'string', array: true, map: true, mapOfArrays: true, n };
    } else {
      result.fields[fieldName] = { ...resolved, ...(array ? { array } : {}), ...(map ? { map } : {}), n };
    }
  }
  for (const fieldName of requiredFields[name] ?? []) result.fields[fieldName].required = true;
  return result;
}

function addInlined(type, n, name) {
  type.inlined = [...(type.inlined ?? []), { n, type: name }];
}

function isTopLevel(name, fields) {
  if (/Template(Spec)?$/.test(name)) return false;
  return topLevelWithoutMetadata.test(name) || /(ObjectMeta|ListMeta)$/.test(fields.metadata?.type ?? '');
}

const groupNames = {
  admission: 'admission.k8s.io',
  admissionregistration: 'admissionregistration.k8s.io',
  apidiscovery: 'apidiscovery.k8s.io',
  apiextensions: 'apiextensions.k8s.io',
  apiregistration: 'apiregistration.k8s.io',
  apps: 'apps',
  authentication: 'authentication.k8s.io',
  authorization: 'authorization.k8s.io',
  autoscaling: 'autoscaling',
  batch: 'batch',
  extensions: 'extensions',
  imagepolicy: 'imagepolicy.k8s.io',
  metrics: 'metrics.k8s.io',
  networking: 'networking.k8s.io',
  policy: 'policy',
  rbac: 'rbac.authorization.k8s.io',
};

function groupVersionOf(packageName) {
  const [version, group] = packageName.split('.').reverse();
  return groupNames[group] === undefined ? [] : [groupNames[group], version];
}

function inheritSemantics(name, types) {
  const shortName = name.slice(name.lastIndexOf('.') + 1);
  const rule = successors.find(([prefix]) => name.startsWith(prefix));
  for (const prefix of rule?.[1] ?? []) {
    const successor = types[prefix + shortName];
    if (!successor?.fields) continue;
    if (successor.mapType) types[name].mapType = successor.mapType;
    for (const [fieldName, field] of Object.entries(types[name].fields))
      copySemantics(field, successor.fields[fieldName]);
  }
}

function copySemantics(field, from) {
  if (!from || from.array !== field.array) return;
  for (const key of ['listType', 'listMapKeys', 'mapType', 'patchStrategy', 'patchMergeKey']) {
    if (from[key] !== undefined) field[key] = from[key];
  }
}

function inVersion(type, from, to) {
  return JSON.parse(JSON.stringify(type).replaceAll(`${apiextensions}.${from}.`, `${apiextensions}.${to}.`));
}
