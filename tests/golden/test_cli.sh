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

# -- a first import, with bad rows among the good ----------------------------------------------------------------------
head='Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Crime type,Last outcome category,Context'
row() { printf '%s,2024-05,Test Police,Test Police,-1.15,52.95,On or near High Street,,,%s,Under investigation,\r\n' "$1" "$2"; }
{ printf '\357\273\277%s\r\n' "$head"; row a Burglary; row b Drugs; row c Burglary; } >"$dir/good.csv"
{ printf '%s\n' "$head"; row d Burglary; printf 'short,row\n'; printf 'e,2024-99,Test Police,Test Police,,,,,,Drugs,,\n'; } >"$dir/bad.csv"
run "$hromada" -D "$town" import "$dir/nowhere.csv"; check 'a file that is not there' 1 'nowhere.csv'
printf 'a;b\n1;2\n' >"$dir/alien.csv"
run "$hromada" -D "$town" import "$dir/alien.csv"; check 'a file of no known shape' 1 'alien.csv' '--as'
run "$hromada" -D "$town" import; check 'import of nothing' 2 'import needs'
run "$hromada" -D "$town" import --as martian "$dir/good.csv"; check 'no such profile' 1 'martian'
run "$hromada" -D "$town" import --dry-run --json "$dir/good.csv"; check 'a dry run' 0 '"read":3,"imported":3' '"dry_run":true'
run "$hromada" -D "$town" import --json "$dir/good.csv"; check 'three rows' 0 '"read":3,"imported":3,"unchanged":0,"revised":0,"rejected":0'
run "$hromada" -D "$town" import --json "$dir/good.csv"; check 'the same again changes nothing' 0 '"imported":0,"unchanged":3'
run "$hromada" -D "$town" import --json "$dir/bad.csv"; check 'bad rows are told and counted' 3 '"read":3' '"rejected":2' '"fields":1'
same 'rejected rows are in their file' "$(cat "$town"/rejects-*.csv | grep -c 'bad.csv')" 2
run "$hromada" -D "$town" areas list; check 'no areas yet' 0 'no set of areas'

# -- publishing ----------------------------------------------------------------------------------------------------------
printf 'tier public\n    anchors everywhere\n' >"$dir/broken.txt"
run "$hromada" -D "$town" publish --policy "$dir/broken.txt"; check 'a broken policy names its line' 1 'line 2'
run "$hromada" publish --show-policy; check 'the built-in policy' 0 'tier public'
run "$hromada" -D "$town" stats; check 'nothing is published yet' 1 'publish'
run "$hromada" -D "$town" publish --json; check 'publish' 0 '"release":1'
run "$hromada" -D "$town" stats --json; check 'stats' 0 '"release":1' '"by":"total"'
run "$hromada" -D "$town" stats --by nonsense; check 'no such way to count' 2 'nonsense'
run "$hromada" -D "$town" stats hours=25; check 'a filter that is none' 2 'hours are numbers from 0 to 23'
run "$hromada" -D "$town" stats --tier emperor; check 'no such tier' 2 'emperor'
run "$hromada" -D "$town" check; check 'all is well' 0 'All is well'
run "$hromada" -D "$town" backup "$dir/copy.db"; check 'backup' 0 "$dir/copy.db"
same 'the copy is a database' "$(head -c 15 "$dir/copy.db")" 'SQLite format 3'
run "$hromada" -D "$town" backup; check 'backup without a name' 2 'one file name'

# -- what goes wrong ------------------------------------------------------------------------------------------------------
flock "$town/lock" sleep 5 & holder=$!
sleep 0.3
run "$hromada" -D "$town" import "$dir/good.csv"; check 'two imports at once' 1
kill $holder
wait $holder 2>/dev/null
run "$hromada" -D "$town" serve --listen nonsense; check 'no such address' 1 'nonsense' '127.0.0.1:8080'
python3 - "$town/releases/1/public.index" <<'P'
import sys
with open(sys.argv[1], 'r+b') as f:
    f.seek(-40, 2)
    byte = f.read(1)
    f.seek(-40, 2)
    f.write(bytes([byte[0] ^ 0x5A]))
P
run "$hromada" -D "$town" check; check 'a flipped bit is found' 1 'releases/1'
run timeout 10 "$hromada" -D "$town" serve --listen 127.0.0.1:0; check 'and not served' 1 'releases/1/public.index' 'publish again'
cp -r "$town" "$dir/newer"
sqlite3 "$dir/newer/hromada.db" 'PRAGMA user_version = 9999;'
run "$hromada" -D "$dir/newer" check; check 'a data folder of a newer version' 1 'newer'
head -c 4096 /dev/urandom >"$dir/newer/hromada.db"
run "$hromada" -D "$dir/newer" check; check 'a file that is no database' 1 'hromada.db'
printf 'colour = red\n' >"$town/hromada.conf"
run "$hromada" -D "$town" serve --listen 127.0.0.1:0; check 'an unknown setting' 1 'line 1' 'colour'
rm "$town/hromada.conf"
run "$hromada" -D "$dir/demo" demo --incidents 5; check 'a demo town that is too small' 1 '1000'
rm -rf "$dir/demo"
run "$hromada" -D "$dir/demo" demo --incidents 2000 --json; check 'a demo town' 0 '"release":1'
run "$hromada" -D "$dir/demo" stats --by area:districts --csv; check 'its districts' 0 'key,label,count' 'Хутір'
run "$hromada" -D "$dir/demo" demo; check 'not a second time in the same folder' 1 "$dir/demo"
echo "1..$n"
