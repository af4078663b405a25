// Messages that exist in protobuf only: JSON writes their fields into the object around them. Their field numbers are
// those of the public generated.proto files of k8s.io/api.
const core = 'io.k8s.api.core.v1.';

const volumeSource = {
  hostPath: 1,
  emptyDir: 2,
  gcePersistentDisk: 3,
  awsElasticBlockStore: 4,
  gitRepo: 5,
  secret: 6,
  nfs: 7,
  iscsi: 8,
  glusterfs: 9,
  persistentVolumeClaim: 10,
  rbd: 11,
  flexVolume: 12,
  cinder: 13,
  cephfs: 14,
  flocker: 15,
  downwardAPI: 16,
  fc: 17,
  azureFile: 18,
  configMap: 19,
  vsphereVolume: 20,
  quobyte: 21,
  azureDisk: 22,
  photonPersistentDisk: 23,
  portworxVolume: 24,
  scaleIO: 25,
  projected: 26,
  storageos: 27,
  csi: 28,
  ephemeral: 29,
  image: 30,
};

const persistentVolumeSource = {
  gcePersistentDisk: 1,
  awsElasticBlockStore: 2,
  hostPath: 3,
  glusterfs: 4,
  nfs: 5,
  rbd: 6,
  iscsi: 7,
  cinder: 8,
  cephfs: 9,
  fc: 10,
  flocker: 11,
  flexVolume: 12,
  azureFile: 13,
  vsphereVolume: 14,
  quobyte: 15,
  azureDisk: 16,
  photonPersistentDisk: 17,
  portworxVolume: 18,
  scaleIO: 19,
  local: 20,
  storageos: 21,
  csi: 22,
};

/** Full type name → fields, with the JSON types that the surrounding type gives them. */
export function inlinedMessages(types) {
  const messages = {
    [`${core}VolumeSource`]: numbered(types[`${core}Volume`], volumeSource),
    [`${core}PersistentVolumeSource`]: numbered(types[`${core}PersistentVolumeSpec`], persistentVolumeSource),
    [`${core}ProbeHandler`]: numbered(types[`${core}Probe`], { exec: 1, httpGet: 2, tcpSocket: 3, grpc: 4 }),
    [`${core}EphemeralContainerCommon`]: structuredClone(types[`${core}Container`].fields),
  };
  for (const version of ['v1', 'v1beta1', 'v1beta2']) {
    const prefix = `io.k8s.api.resource.${version}.`;
    messages[`${prefix}DeviceConfiguration`] = numbered(types[`${prefix}DeviceClassConfiguration`], { opaque: 1 });
  }
  return messages;
}

function numbered(outer, numbers) {
  return Object.fromEntries(Object.entries(numbers).map(([name, n]) => [name, { ...outer.fields[name], n }]));
}
