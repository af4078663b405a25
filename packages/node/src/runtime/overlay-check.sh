#!/bin/sh
# Tries, in namespaces of its own, whether a container's root file system can be made:
#
#   overlay-check.sh DIRECTORY SKELETON disk|tmpfs
set -eu
directory=$1
for program in pivot_root nsenter setpriv ip; do
  command -v "$program" >/dev/null || { echo "$program is not installed" >&2; exit 1; }
done
if [ "$3" = tmpfs ]; then
  mount -t tmpfs tmpfs "$directory"
  mkdir -p "$directory/root" "$directory/upper0" "$directory/work0"
fi
ip link set lo up
cp -a "$2/." "$directory/upper0/"
mount -t overlay -o "lowerdir=/,upperdir=$directory/upper0,workdir=$directory/work0" overlay "$directory/root"
mkdir "$directory/root/kindred-overlay-check"
: >"$directory/root/dev/null"
mount -t proc proc "$directory/root/proc"
mount -t sysfs -o ro sysfs "$directory/root/sys"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$directory/root/dev/pts"
