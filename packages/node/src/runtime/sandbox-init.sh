#!/bin/sh
# First process of a pod's sandbox: holds its network, host name, IPC and PID namespaces. Reads "ADDRESS/BITS GATEWAY"
# (or "-" for a pod on the host's network) once the pod's interface eth0 is there, sets it up, says "ready", and then waits for the end
# of its input: that comes when the agent closes it, or dies. With this process every process of the pod ends.
#
#   sandbox-init.sh HOSTNAME own|host
set -eu
IFS=' ' read -r pid rest </proc/self/stat
if [ "$2" = own ]; then
  printf '%s\n' "$1" >/proc/sys/kernel/hostname
  # As container engines do: a program without privileges may serve port 80 of its own pod.
  printf '0\n' >/proc/sys/net/ipv4/ip_unprivileged_port_start || :
fi
printf 'pid %s\n' "$pid"
IFS=' ' read -r address gateway || exit 0
if [ "$address" != - ]; then
  ip -batch - <<COMMANDS
link set lo up
address add $address dev eth0
link set eth0 up
route add default via $gateway
COMMANDS
fi
printf 'ready\n'
while read -r rest; do :; done
