/** values.yaml of the starter chart. The keys and their meaning are those of the chart that `helm create` makes. */

export const STARTER_VALUES = `# What can be set when <CHARTNAME> is installed.

# How many pods run, unless autoscaling decides.
replicaCount: 1

image:
  repository: nginx
  pullPolicy: IfNotPresent
  # The appVersion of the chart when empty.
  tag: ""

# Secrets to pull the image with, as a list of {name: ...}.
imagePullSecrets: []

# Another name for the chart in names of objects; another name altogether.
nameOverride: ""
fullnameOverride: ""

serviceAccount:
  create: true
  # Whether pods get a token of the account.
  automount: true
  annotations: {}
  # The full name of the release when empty.
  name: ""

podAnnotations: {}
podLabels: {}

# For the pod, such as fsGroup, and for its container, such as runAsNonRoot.
podSecurityContext: {}
securityContext: {}

service:
  type: ClusterIP
  port: 80

ingress:
  enabled: false
  className: ""
  annotations: {}
  hosts:
    - host: chart-example.local
      paths:
        - path: /
          pathType: ImplementationSpecific
  # Secrets with certificates: {secretName: ..., hosts: [...]}.
  tls: []

# For the Gateway API; its resources and a controller must be in the cluster.
httpRoute:
  enabled: false
  annotations: {}
  # The gateways that the route belongs to.
  parentRefs:
    - name: gateway
      sectionName: http
  hostnames:
    - chart-example.local
  # Each rule leads to the service; it may have matches and filters.
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /headers

# Requests and limits for cpu and memory. None are set, so that the chart runs on small clusters.
resources: {}

livenessProbe:
  httpGet:
    path: /
    port: http
readinessProbe:
  httpGet:
    path: /
    port: http

autoscaling:
  enabled: false
  minReplicas: 1
  maxReplicas: 100
  targetCPUUtilizationPercentage: 80
  # targetMemoryUtilizationPercentage: 80

# More volumes for the pod, and where its container mounts them.
volumes: []
volumeMounts: []

nodeSelector: {}
tolerations: []
affinity: {}
`;
