#!/bin/sh
# cppcheck can read every file of src/ and finds nothing; cppcheck.txt beside this has what it says in error.
cd "${HROMADA_SOURCE:?}" || exit 1
echo 1..1
command -v cppcheck >/dev/null || { echo "ok 1 - cppcheck # SKIP cppcheck is not installed"; exit 0; }
made=${HROMADA_BUILD:?}/src # the headers that the build makes
# Its preprocessor knows no __VA_OPT__, so that events stay calls, and splits a macro's braces into arguments of another.
set -- --std=c11 --language=c --enable=warning,performance,portability --suppressions-list=tests/style/cppcheck.txt \
    --quiet --error-exitcode=1 --template='{file}:{line}: {id}: {message}' \
    -Ulog_info -Ulog_warn -Ulog_error -UTEXT_ARGS -UWGS84 -UGRS80 -D_GNU_SOURCE '-DHROMADA_VERSION="0"' \
    -Isrc "-I$made" "-I$made/html" "-I$made/store" "-I$made/import" "-I$made/web/pages" -j "$(nproc)"
if said=$(cppcheck "$@" src 2>&1); then echo "ok 1 - cppcheck"
else echo "not ok 1 - cppcheck"; printf '%s\n' "$said" | head -n 60 | sed 's/^/# /'; fi
