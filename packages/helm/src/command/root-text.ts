/** The text above the help of `helm` itself. */
export const rootText = `Installs, upgrades and removes charts, and looks after the repositories that they come from.

What is used most:

- helm search:    look for charts
- helm pull:      download a chart
- helm install:   install a chart
- helm list:      see what is installed

Environment variables:

| Name                               | What it sets                                                         |
|------------------------------------|----------------------------------------------------------------------|
| $HELM_CACHE_HOME                   | directory of cached files                                            |
| $HELM_CONFIG_HOME                  | directory of configuration                                           |
| $HELM_DATA_HOME                    | directory of data                                                    |
| $HELM_DEBUG                        | say more: true or false                                              |
| $HELM_DRIVER                       | where releases are kept: secret, configmap, sql, memory              |
| $HELM_DRIVER_SQL_CONNECTION_STRING | the database, for the driver sql                                     |
| $HELM_MAX_HISTORY                  | how many revisions of a release are kept                             |
| $HELM_NAMESPACE                    | namespace to work in                                                 |
| $HELM_NO_PLUGINS                   | 1 leaves out the commands of plugins                                 |
| $HELM_PLUGINS                      | directory of plugins                                                 |
| $HELM_REGISTRY_CONFIG              | file with the credentials of registries                              |
| $HELM_REPOSITORY_CACHE             | directory of the indexes of repositories                             |
| $HELM_REPOSITORY_CONFIG            | file with the repositories                                           |
| $KUBECONFIG                        | kubeconfig files (default "~/.kube/config")                          |
| $HELM_KUBEAPISERVER                | address of the API server                                            |
| $HELM_KUBECAFILE                   | file with the certificate of the API server's authority              |
| $HELM_KUBEASGROUPS                 | groups to act as, separated by commas                                |
| $HELM_KUBEASUSER                   | user to act as                                                       |
| $HELM_KUBECONTEXT                  | context of the kubeconfig                                            |
| $HELM_KUBETOKEN                    | bearer token to authenticate with                                    |
| $HELM_KUBEINSECURE_SKIP_TLS_VERIFY | true: don't check the API server's certificate (insecure)            |
| $HELM_KUBETLS_SERVER_NAME          | name that the API server's certificate must have                     |
| $HELM_BURST_LIMIT                  | requests that may go out at once (default 100)                       |
| $HELM_QPS                          | requests a second                                                    |
| $HELM_COLOR                        | when to use colors: never, auto, always                              |
| $NO_COLOR                          | anything but empty: never use colors                                 |

The directories are those of the HELM_*_HOME variables; else $XDG_CACHE_HOME/helm, $XDG_CONFIG_HOME/helm and
$XDG_DATA_HOME/helm; else ~/.cache/helm, ~/.config/helm and ~/.local/share/helm (on macOS and Windows what is usual there).
`;
