#!/bin/sh
# Makes the root file system of one container and becomes its program. Runs in the container's new mount and PID
# namespaces, and in the network, host name and IPC namespaces of its pod. Says how it went on file descriptor 3:
# "pid N", then "ok" or "error TEXT".
#
#   container-init.sh DIRECTORY disk|tmpfs USER WORKDIR [layer LOWER N | bind SOURCE TARGET ro|rw | hide PATH]... -- PROGRAM [ARGUMENT]...
#
# USER is "-" or UID:GID:GROUPS (GROUPS with commas, maybe empty). DIRECTORY has the subdirectories root, and for each
# layer upperN and workN. Targets are resolved after the change of root, so no link can lead out of it.
set -u
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
upper=$2
user=$3
workdir=$4
shift 4

if [ "$upper" = tmpfs ]; then
  must mount -t tmpfs -o mode=0755 tmpfs "$directory"
  mkdir -p "$directory/root" "$directory/upper0" "$directory/work0"
fi
must mount -t overlay -o "lowerdir=/,upperdir=$directory/upper0,workdir=$directory/work0" overlay "$directory/root"
cd "$directory/root" || fail "no root directory"
mkdir -p .kindred-host
must pivot_root . .kindred-host
cd /
host=/.kindred-host

must mount -t proc -o nosuid,nodev,noexec proc /proc
must mount -t tmpfs -o nosuid,mode=0755,size=64k tmpfs /dev
must cp -a "$host/dev/null" "$host/dev/zero" "$host/dev/full" "$host/dev/random" "$host/dev/urandom" "$host/dev/tty" /dev/
mkdir -p /dev/shm /dev/pts
must mount -t tmpfs -o nosuid,nodev,mode=1777 tmpfs /dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts /dev/pts 2>/dev/null && ln -s pts/ptmx /dev/ptmx
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs /sys 2>/dev/null

while [ "$#" -gt 0 ]; do
  directive=$1
  shift
  case $directive in
    layer)
      if [ "$upper" = tmpfs ]; then mkdir -p "$host$directory/upper$2" "$host$directory/work$2"; fi
      must mount -t overlay -o "lowerdir=$host$1,upperdir=$host$directory/upper$2,workdir=$host$directory/work$2" overlay "$1"
      shift 2
      ;;
    bind)
      if [ -d "$host$1" ]; then
        must mkdir -p "$2"
      elif [ ! -e "$2" ] || [ -L "$2" ]; then
        must mkdir -p "${2%/*}/"
        rm -f "$2"
        : >"$2" || fail "cannot make $2"
      fi
      if [ "$3" = ro ]; then
        must mount -o bind,ro "$host$1" "$2"
      else
        must mount --bind "$host$1" "$2"
      fi
      shift 3
      ;;
    hide)
      if [ -d "$1" ]; then must mount -t tmpfs -o size=64k,mode=0755 tmpfs "$1"; fi
      shift
      ;;
    --)
      break
      ;;
    *)
      fail "unknown directive $directive"
      ;;
  esac
done

must umount -l "$host"
rmdir "$host" 2>/dev/null
must mkdir -p "$workdir"
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
