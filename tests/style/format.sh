#!/bin/sh
# The sources are as clang-format 14 would write them, and each says its licence.
cd "${HROMADA_SOURCE:?}" || exit 1
echo 1..2
files=$(find src tests tools bench -name '*.[ch]' -not -path '*/corpus/*' -not -path '*/node_modules/*' | sort)
# shellcheck disable=SC2086  # a list of names
if said=$(clang-format-14 --dry-run -Werror $files 2>&1); then echo "ok 1 - formatted"
else echo "not ok 1 - formatted: run script/format"; printf '%s\n' "$said" | head -n 20 | sed 's/^/# /'; fi
# shellcheck disable=SC2086
bare=$(grep -L 'SPDX-License-Identifier: EUPL-1.2' $files)
if [ -z "$bare" ]; then echo "ok 2 - every source names its licence"
else echo "not ok 2 - every source names its licence"; printf '%s\n' "$bare" | sed 's/^/# /'; fi
