#!/bin/sh
# What has just been built is up to date: else every start of script/server would build, and wait for it.
cd "${HROMADA_BUILD:?}" || exit 1
echo 1..1
if said=$(ninja -n 2>&1) && echo "$said" | grep -q 'no work to do'; then echo "ok 1 - a second build has nothing to do"
else echo "not ok 1 - a second build has nothing to do"; printf '%s\n' "$said" | head -n 20 | sed 's/^/# /'; fi
