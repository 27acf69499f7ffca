#!/bin/sh
# src/ as clang-tidy would have it; .clang-tidy says what is looked for.
cd "${HROMADA_SOURCE:?}" || exit 1
echo 1..1
command -v clang-tidy-14 >/dev/null || { echo "ok 1 - clang-tidy # SKIP clang-tidy-14 is not installed"; exit 0; }
made=${HROMADA_BUILD:?}/src # the headers that the build makes
set -- -std=gnu17 -D_GNU_SOURCE '-DHROMADA_VERSION="0"' -fdouble-square-bracket-attributes -Isrc "-I$made" "-I$made/html" \
    "-I$made/store" "-I$made/import" "-I$made/web/pages"
if said=$(find src -name '*.c' -print0 | xargs -0 -P "$(nproc)" -I FILE clang-tidy-14 --quiet FILE -- "$@" 2>&1); then
    echo "ok 1 - clang-tidy"
else
    echo "not ok 1 - clang-tidy"
    printf '%s\n' "$said" | grep -A 3 -E '(error|warning):' | head -n 60 | sed 's/^/# /'
fi
