#!/bin/sh
# Makes the root file system of one container and becomes its program. Runs in the container's new mount and PID
# namespaces, and in the network, host name and IPC namespaces of its pod. Says how it went on file descriptor 3:
# "pid N", then "ok" or "error TEXT"; the container's standard error comes as descriptor 4. Every program called from here
# costs a millisecond or two, so there are few.
#
#   container-init.sh DIRECTORY SKELETON disk|tmpfs USER WORKDIR [FILE]... -- PROGRAM [ARGUMENT]...
#
# DIRECTORY has the subdirectories root, upper0 and work0, and a file fstab with the mounts to make once the old root is
# at /.kindred-host: targets are resolved in the new root, so no link can lead out of it. FILEs are targets that must be
# files. SKELETON is copied over the machine's tree: devices and the like. USER is "-" or UID:GID:GROUPS (with commas).
set -u
exec 2>&4 4>&-
umask 022
container_path=${PATH-}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Not for the pipes of the programs called from here.
fail() {
  printf 'error %s\n' "$*" >&3
  exit 128
}
# Run a helper; its own words become the error.
must() {
  said=$("$@" 2>&1 3>&-) || fail "$1: $said"
}

IFS=' ' read -r pid rest </proc/self/stat
printf 'pid %s\n' "$pid" >&3

directory=$1
skeleton=$2
upper=$3
user=$4
workdir=$5
shift 5

host=/.kindred-host
fstab=$host$directory/fstab
if [ "$upper" = tmpfs ]; then
  fstab=/fstab
  content=$(cat "$directory/fstab")
  must mount -t tmpfs -o mode=0755 tmpfs "$directory"
  must mkdir -p "$directory/root" "$directory/upper0" "$directory/work0"
  printf '%s\n' "$content" >"$directory/upper0/fstab"
fi
must cp -a "$skeleton/." "$directory/upper0/"
must mount -t overlay -o "lowerdir=/,upperdir=$directory/upper0,workdir=$directory/work0" overlay "$directory/root"
cd "$directory/root" || fail "no root directory"
must pivot_root . .kindred-host
cd /
must mount -t proc -o nosuid,nodev,noexec proc /proc

while [ "$1" != -- ]; do
  if [ -L "$1" ]; then rm -f "$1"; fi
  if [ ! -e "$1" ]; then
    [ -d "${1%/*}/" ] || must mkdir -p "${1%/*}/"
    : >"$1" || fail "cannot make $1"
  fi
  shift
done
shift
must mount -a -T "$fstab"
if [ "$upper" = tmpfs ]; then rm -f "$fstab"; fi
must umount -l "$host"
[ -d "$workdir" ] || must mkdir -p "$workdir"
cd "$workdir" || fail "cannot enter $workdir"
setpriv=$(command -v setpriv)
PATH=$container_path
command -v -- "$1" >/dev/null 2>&1 || fail "exec: \"$1\": executable file not found in \$PATH"
unset OLDPWD
printf 'ok\n' >&3
exec 3>&-
if [ "$user" = - ]; then exec "$@"; fi
ids=${user#*:}
groups=${ids#*:}
if [ -n "$groups" ]; then
  exec "$setpriv" --reuid "${user%%:*}" --regid "${ids%%:*}" --groups "$groups" -- "$@"
fi
exec "$setpriv" --reuid "${user%%:*}" --regid "${ids%%:*}" --clear-groups -- "$@"
