#!/bin/bash
# The command line as a person meets it: wrong usage, a first import, bad input, two at once, a newer folder.
# Prints TAP. HROMADA_BUILD names the folder of the program.
set -u
hromada=${HROMADA_BUILD:?}/hromada
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
n=0
said=
code=0

run() { said=$("$@" 2>&1 </dev/null); code=$?; }
check() { # check TITLE WANTED-CODE [PART OF WHAT IS SAID ...]
    local title=$1 wanted=$2 missing=
    shift 2
    n=$((n + 1))
    for part in "$@"; do case $said in *"$part"*) ;; *) missing="$missing [$part]" ;; esac; done
    if [ "$code" = "$wanted" ] && [ -z "$missing" ]; then echo "ok $n - $title"
    else
        echo "not ok $n - $title"
        echo "# exit code $code, wanted $wanted; not said:$missing; said:"
        printf '%s\n' "$said" | head -n 12 | sed 's/^/# /'
    fi
}
same() { # same TITLE GOT WANTED
    said=$2 code=0
    if [ "$2" = "$3" ]; then check "$1" 0; else said="got $2, wanted $3"; code=1; check "$1" 0; fi
}
town=$dir/town

run "$hromada"; check 'no command: an overview' 2 'usage: hromada' 'import' 'demo'
run "$hromada" help; check 'help' 0 'Exit codes'
run "$hromada" version; check 'version' 0 'hromada '
for command in init import areas layers publish serve stats check backup demo; do
    run "$hromada" help $command; check "help $command" 0 "usage: hromada [-D FOLDER] $command"
done
run "$hromada" help nonsense; check 'help on nothing' 2 'no help on "nonsense"'
run "$hromada" frobnicate; check 'unknown command' 2 'no command "frobnicate"'
run "$hromada" --frob import; check 'unknown option before a command' 2 '--frob'
run "$hromada" publish --polcy x; check 'a misspelt option is guessed' 2 'is --policy meant?'
run "$hromada" publish --policy; check 'an option without its value' 2 '--policy needs a value'
run "$hromada" -D "$town" publish; check 'no data folder yet' 1 "$town"
run "$hromada" -D "$town" init --timezone Mars/Phobos; check 'no such time zone' 1 'Mars/Phobos' 'Europe/Kyiv'
run "$hromada" -D "$town" init --lang tlh; check 'no such language' 1 'uk, cs and en'
run "$hromada" -D "$town" init --name 'Тест' --timezone Europe/London; check 'init' 0 "$town"
run "$hromada" -D "$town" init; check 'init twice' 1 "$town"
run "$hromada" -D "$town" serve --listen 127.0.0.1:0; check 'serve with nothing published, stopped by nobody' 1 'publish'
