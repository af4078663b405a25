#!/bin/sh
# Makes the directory that is copied over the machine's tree in every container: its devices, and the place of the old root.
#
#   skeleton.sh DIRECTORY
set -eu
rm -rf "$1"
mkdir -p "$1/.kindred-host" "$1/dev/shm" "$1/dev/pts"
chmod 755 "$1" "$1/dev"
cp -a /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty "$1/dev/"
ln -s /proc/self/fd "$1/dev/fd"
ln -s fd/0 "$1/dev/stdin"
ln -s fd/1 "$1/dev/stdout"
ln -s fd/2 "$1/dev/stderr"
ln -s pts/ptmx "$1/dev/ptmx"
