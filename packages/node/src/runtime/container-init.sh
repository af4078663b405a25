#!/bin/sh
# Makes the root file system of one container and becomes its program. Runs in the container's new mount and PID
# namespaces, and in the network, host name and IPC namespaces of its pod. Says how it went on file descriptor 3:
# "pid N", then "ok" or "error TEXT"; the container's standard error comes as descriptor 4. Every program called from here
# costs a millisecond or two, so there are few.
#
#   container-init.sh DIRECTORY SKELETON disk|tmpfs USER WORKDIR [FILE]... -- PROGRAM COMMAND [ARGUMENT]...
#
# DIRECTORY has the subdirectories root, upper0 and work0, and a file fstab with the mounts to make once the old root is
# at /.kindred-host: targets are resolved in the new root, so no link can lead out of it. FILEs are targets that must be
# files. SKELETON is copied over the machine's tree: devices and the like. USER is "-" or UID:GID:GROUPS (with commas).
# COMMAND becomes the container's program: PROGRAM, or env(1) that first sets what a shell would drop or change
# (container-init.ts). The rest of its environment is this shell's, so the variables here have names of their own: own_….
set -u
exec 2>&4 4>&-
umask 022
own_container_path=${PATH-}
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Not for the pipes of the programs called from here.
fail() {
  printf 'error %s\n' "$*" >&3
  exit 128
}
# Run a helper; its own words become the error.
must() {
  own_said=$("$@" 2>&1 3>&-) || fail "$1: $own_said"
}

IFS=' ' read -r own_pid own_rest </proc/self/stat
printf 'pid %s\n' "$own_pid" >&3

own_directory=$1
own_skeleton=$2
own_upper=$3
own_user=$4
own_workdir=$5
shift 5

own_host=/.kindred-host
own_fstab=$own_host$own_directory/fstab
if [ "$own_upper" = tmpfs ]; then
  own_fstab=/fstab
  own_content=$(cat "$own_directory/fstab")
  must mount -t tmpfs -o mode=0755 tmpfs "$own_directory"
  must mkdir -p "$own_directory/root" "$own_directory/upper0" "$own_directory/work0"
  printf '%s\n' "$own_content" >"$own_directory/upper0/fstab"
fi
must cp -a "$own_skeleton/." "$own_directory/upper0/"
must mount -t overlay -o "lowerdir=/,upperdir=$own_directory/upper0,workdir=$own_directory/work0" overlay "$own_directory/root"
cd "$own_directory/root" || fail "no root directory"
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
own_program=$2
shift 2
must mount -a -T "$own_fstab"
if [ "$own_upper" = tmpfs ]; then rm -f "$own_fstab"; fi
must umount -l "$own_host"
[ -d "$own_workdir" ] || must mkdir -p "$own_workdir"
cd "$own_workdir" || fail "cannot enter $own_workdir"
own_setpriv=$(command -v setpriv)
PATH=$own_container_path
command -v -- "$own_program" >/dev/null 2>&1 || fail "exec: \"$own_program\": executable file not found in \$PATH"
unset OLDPWD
printf 'ok\n' >&3
exec 3>&-
if [ "$own_user" = - ]; then exec "$@"; fi
own_ids=${own_user#*:}
own_groups=${own_ids#*:}
if [ -n "$own_groups" ]; then
  exec "$own_setpriv" --reuid "${own_user%%:*}" --regid "${own_ids%%:*}" --groups "$own_groups" -- "$@"
fi
exec "$own_setpriv" --reuid "${own_user%%:*}" --regid "${own_ids%%:*}" --clear-groups -- "$@"
