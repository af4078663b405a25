#!/bin/sh
# Waits for a container's first process and ends as it ended. Its children are born into the new PID namespace, so the
# script run here becomes process 1 of it. (unshare's own --fork loses the fact that a process was killed.)
#
#   container-parent.sh SCRIPT [ARGUMENT]...
#
# What this shell says itself (it tells of a killed child) is not for the container's log, so the script finds the
# container's standard error as descriptor 4.
exec 4>&2 2>/dev/null
/bin/sh "$@"
exit "$?"
