#!/bin/sh
# The shell scripts as shellcheck would have them.
cd "${HROMADA_SOURCE:?}" || exit 1
echo 1..1
command -v shellcheck >/dev/null || { echo "ok 1 - shell scripts # SKIP shellcheck is not installed"; exit 0; }
scripts=$(grep -lr '^#!/bin/sh' script tests .ci | sort)
# shellcheck disable=SC2086  # a list of names
if said=$(shellcheck -x -P SCRIPTDIR $scripts script/lib.sh 2>&1); then echo "ok 1 - shell scripts"
else echo "not ok 1 - shell scripts"; printf '%s\n' "$said" | sed 's/^/# /'; fi
