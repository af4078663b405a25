#!/bin/sh
# Tries, in namespaces of its own, whether a container's root file system can be made: overlay-check.sh DIRECTORY disk|tmpfs
set -eu
directory=$1
if [ "$2" = tmpfs ]; then
  mount -t tmpfs tmpfs "$directory"
  mkdir -p "$directory/root" "$directory/upper0" "$directory/work0"
fi
command -v pivot_root >/dev/null || { echo "pivot_root is not installed" >&2; exit 1; }
command -v nsenter >/dev/null || { echo "nsenter is not installed" >&2; exit 1; }
command -v setpriv >/dev/null || { echo "setpriv is not installed" >&2; exit 1; }
command -v ip >/dev/null || { echo "ip (iproute2) is not installed" >&2; exit 1; }
ip link set lo up
mount -t overlay -o "lowerdir=/,upperdir=$directory/upper0,workdir=$directory/work0" overlay "$directory/root"
mkdir "$directory/root/kindred-overlay-check"
