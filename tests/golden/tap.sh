# Shared by the scripts beside it: runs the program and tells as TAP what it said. Sourced, not run.
# shellcheck shell=bash disable=SC2034
set -u
hromada=${HROMADA_BUILD:?}/hromada
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
said=
code=0
town=$dir/town

run() { said=$("$@" 2>&1 </dev/null); code=$?; }
check() { # check TITLE WANTED-CODE [PART OF WHAT IS SAID, or !PART that is not ...]
    local title=$1 wanted=$2 wrong= part
    shift 2
    n=$((n + 1))
    for part in "$@"; do
        case $part in
        !*) case $said in *"${part#!}"*) wrong="$wrong [$part]" ;; esac ;;
        *) case $said in *"$part"*) ;; *) wrong="$wrong [$part]" ;; esac ;;
        esac
    done
    if [ "$code" = "$wanted" ] && [ -z "$wrong" ]; then echo "ok $n - $title"
    else
        echo "not ok $n - $title"
        echo "# exit code $code, wanted $wanted; wrong:$wrong; said:"
        printf '%s\n' "$said" | head -n 12 | sed 's/^/# /'
    fi
}
same() { # same TITLE GOT WANTED
    said="got $2, wanted $3" code=0
    [ "$2" = "$3" ] || code=1
    check "$1" 0
}
unsaid() { # unsaid TITLE PART...: nothing of it was said last
    local title=$1
    shift
    check "$title" "$code" "${@/#/!}"
}
there() { # there TITLE yes|no PATH
    said="$3 is there" code=1
    [ -e "$3" ] && code=0
    check "$1" "$([ "$2" = yes ] && echo 0 || echo 1)"
}
