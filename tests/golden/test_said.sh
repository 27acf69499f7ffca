#!/bin/bash
# What a newcomer is told: wrong numbers, folders that cannot be read, counts of one, a full disk, what to do next.
# Prints TAP. HROMADA_BUILD names the folder of the program.
. "$(dirname "$0")/tap.sh"
head=id,date,category,lat,lon,domestic
file() { # file NAME [ROW ...]
    local name=$1
    shift
    { echo "$head"; printf '%s\n' "$@"; } >"$dir/$name"
}
file one.csv 'A1,2024-02-03 10:00,Theft,48.62,22.29,no'
"$hromada" -D "$town" init 2>/dev/null
"$hromada" -D "$town" import "$dir/one.csv" 2>/dev/null

# -- numbers ---------------------------------------------------------------------------------------------------------------
run "$hromada" -D "$town" publish --older-database 99999999999999999999; check 'a number that is too long' 2 '--older-database takes a whole number from 0 to 9223372036854775807, not "99999999999999999999"'
run "$hromada" -D "$town" publish --older-database -1; check 'a number below 0 is not passed over' 2 '--older-database takes a whole number from 0'
run "$hromada" -D "$town" publish --accept-total -5; check 'nor another' 2 '--accept-total takes a whole number from 0'
run "$hromada" -D "$dir/demo" demo --incidents 0; check 'a demo town without incidents' 2 '--incidents takes a number from 1000 to 20000000, not 0'
there 'makes no folder' no "$dir/demo"

# -- what is not there, or cannot be read ------------------------------------------------------------------------------------
run "$hromada" -D "$town" init; check 'init twice' 1 "there is a store in $town already: import into it, or name another folder with -D"
run "$hromada" -D "$dir/nowhere" stats; check 'numbers of a folder that is not there' 1 "there is no folder $dir/nowhere: name the town's data folder with -D" '!nothing is published'
run "$hromada" -D "$town" verify 7; check 'a release that never was' 1 "there is no release 7 in $town/releases" '!No such file'
run "$hromada" -D "$town" withdraw 1 --reason x; check 'a withdrawal before the first release' 1 "there is no release 1: the folder $town/releases is not there"
run "$hromada" help help; check 'help on help' 0 'usage: hromada'
run "$hromada" version x; check 'version of what' 2 'version takes no "x"'
run "$hromada" -D; check 'no folder behind -D' 2 '-D needs the name of a folder'
cp -r "$town" "$dir/hurt"
printf xxxx | dd of="$dir/hurt/hromada.db" bs=1 seek=30000 conv=notrunc 2>/dev/null
run "$hromada" -D "$dir/hurt" backup "$dir/hurt.db"; check 'a backup of what is damaged' 1 "$dir/hurt/hromada.db is damaged (page 8 " '!hurt.db.tmp'
there 'leaves no copy' no "$dir/hurt.db"
echo 'not a copy' >"$dir/notes"
run "$hromada" -D "$town" backup "$dir/notes"; check 'a backup onto something else' 1 'nobody has used; name another file'
if [ "$(id -u)" = 0 ] && chmod 755 "$dir" && cp "$hromada" "$dir/hromada" && runuser -u nobody -- "$dir/hromada" version >/dev/null 2>&1; then
    run runuser -u nobody -- "$dir/hromada" -D "$town" backup "$dir/never"; check 'a folder of somebody else' 1 "cannot look for $town/hromada.db: Permission denied" '!there is no store'
else
    n=$((n + 1)); echo "ok $n - a folder of somebody else # SKIP not root, or no other user"
fi
classified=$dir/classified
cp -r "$town" "$classified"
"$hromada" -D "$classified" classify theft=ordinary >/dev/null 2>&1
"$hromada" -D "$classified" publish 2>/dev/null
run "$hromada" -D "$classified" withdraw 1; check 'a withdrawal without a reason' 1 'say why with --reason TEXT'
"$hromada" -D "$classified" withdraw 1 --reason x 2>/dev/null
run "$hromada" -D "$classified" verify 1; check 'a release that was withdrawn' 1 'release 1 was withdrawn, and its files were removed' '!No such file'

# -- counts of one -----------------------------------------------------------------------------------------------------------
one=$dir/one
"$hromada" -D "$one" init 2>/dev/null
run "$hromada" -D "$one" classify; check 'no kinds' 0 'There are no kinds yet: nothing was imported.'
run "$hromada" -D "$one" import "$dir/one.csv"; check 'one row' 0 '1 row read: 1 imported'
run "$hromada" -D "$one" publish; check 'one incident without a class' 1 '(1, of 1 incident):'
run "$hromada" -D "$one" classify theft=ordinary; check 'one kind' 0 'All kinds are classified (1).'
file more.csv 'A2,2024-02-04 10:00,Assault,48.63,22.29,yes'
"$hromada" -D "$one" import "$dir/more.csv" 2>/dev/null
"$hromada" -D "$one" classify assault=person >/dev/null 2>&1
run "$hromada" -D "$one" publish; check 'one incident of each sort' 0 ': 1 incident is public (' ' 1 is no point and is counted by area' ' 0 are withheld' ' 0 wait for the delay'
run "$hromada" -D "$one" check; check 'one release' 0 '2 incidents in the database, 1 release; every'
printf '{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[22,48],[23,48],[23,49],[22,48]]]}}' >"$dir/a.geojson"
run "$hromada" -D "$one" areas import --set s --id code "$dir/a.geojson"; check 'one area' 0 'The set s has 1 area, 0 of them with inhabitants, out of 1 feature.'
run "$hromada" -D "$one" layers import --kind green "$dir/a.geojson"; check 'one shape' 0 '1 of 1 feature can be drawn'

# -- who confirms what a kind is ---------------------------------------------------------------------------------------------
who=$dir/who
cp -r "$one" "$who"
file own.csv 'A9,2024-02-05 10:00,Something,48.62,22.29,no' 'B9,2024-02-05 10:00,Graffiti,48.62,22.29,no'
"$hromada" -D "$who" import "$dir/own.csv" 2>/dev/null
run "$hromada" -D "$who" classify; check 'what to do with proposals' 0 "hromada -D $who classify --confirm-all confirms"
run "$hromada" -D "$who" classify --by '' graffiti=street; check 'an empty name' 1 '--by takes the name of the person who confirms'
run "$hromada" -D "$who" classify --by Eva graffiti=street graffiti=home; check 'two answers' 1 '"graffiti" is given twice'
run env -u LOGNAME -u USER "$hromada" -D "$who" classify --confirm-all; check 'the name of the account' 0 "Classified by person $(id -un): 1." "hromada -D $who classify KEY=CLASS says what a kind is."
"$hromada" -D "$who" classify --by Eva graffiti=home >/dev/null 2>&1
run "$hromada" -D "$who" classify --by Eva graffiti=street; check 'a laxer class' 1 'is home, and as street more is told of it' 'nothing was confirmed' '--laxer'
run "$hromada" -D "$who" classify --by Eva --laxer graffiti=street; check 'that is meant' 0 'Classified by person Eva: 1.'
run "$hromada" -D "$who" classify --by Eva something=ordinary; check 'the last of them' 0 "All kinds are classified (4). Next: hromada -D $who publish"
if [ "$(id -u)" = 0 ] && setpriv --reuid=54321 --clear-groups true 2>/dev/null; then
    chown -R 54321 "$who"
    run env -u LOGNAME -u USER setpriv --reuid=54321 --clear-groups "$dir/hromada" -D "$who" classify graffiti=home; check 'an account without a name' 1 '--by NAME' 'Nothing was confirmed'
    run env -u LOGNAME -u USER setpriv --reuid=54321 --clear-groups "$dir/hromada" -D "$who" classify; check 'may look' 0 'graffiti' '!by person'
else
    for title in 'an account without a name' 'may look'; do n=$((n + 1)); echo "ok $n - $title # SKIP not root"; done
fi

# -- a release of nothing ----------------------------------------------------------------------------------------------------
run "$hromada" -D "$dir/empty" init; check 'a town without incidents' 0
run "$hromada" -D "$dir/empty" publish; check 'an empty release is told as such' 0 'Nothing was imported, so the release is empty.' "hromada -D $dir/empty import"

# -- which profile a person changes ------------------------------------------------------------------------------------------
own=$dir/own.profile
own() { printf '%s\n' '[source]' "$@" >"$own"; }
{ echo "$head"; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo "D$i,2024-02-03 10:00,Theft,48.62,22.29,"; done; } >"$dir/blank.csv"
{ echo "$head,victim_age"; echo 'V1,2024-02-03 10:00,Theft,48.62,22.29,no,30'; } >"$dir/victim.csv"
{ echo "$head,colour"; echo 'V1,2024-02-03 10:00,Theft,48.62,22.29,no,rape'; } >"$dir/colour.csv"
own 'like = generic' 'key = generic'
for what in blank victim colour; do
    run "$hromada" -D "$one" import --mapping "$own" "$dir/$what.csv"; check "a mapping file that stands for a built-in profile: $what" 1 "; the profile is $own" '!that you gave' '!write a profile of your own'
    run "$hromada" -D "$one" import "$dir/$what.csv"; check "a built-in profile: $what" 1 ': write a profile of your own (--mapping FILE)' '"like = generic"'
done
own 'like = generic' 'key = ours'
for what in blank victim colour; do
    run "$hromada" -D "$one" import --mapping "$own" "$dir/$what.csv"; check "a mapping file of one's own: $what" 1 "; the profile is $own" '!that you gave'
done
{ echo "$head,details"; echo 'W1,2024-02-03 10:00,Theft,48.62,22.29,no,kids bike'; } >"$dir/words.csv"
run "$hromada" -D "$one" import --dry-run --mapping "$own" "$dir/words.csv"; check 'words that raise' 0 "of the profile (hromada-profile(5)); the profile is $own; then import again" '!that you gave'

# -- a basemap that cannot be read -------------------------------------------------------------------------------------------
serve() { # serve FOLDER PATH: starts the server there, asks for the path, stops it; said: all it told, and the answer
    local port= i pid
    : >"$dir/out" # or the port of the server before may be read
    "$hromada" -D "$1" serve --listen 127.0.0.1:0 >"$dir/out" 2>"$dir/err" &
    pid=$!
    for i in $(seq 100); do
        port=$(sed -n 's/.*127.0.0.1:\([0-9]*\).*/\1/p' "$dir/out")
        [ -z "$port" ] || break
        sleep 0.1
    done
    curl -s "http://127.0.0.1:$port$2" >"$dir/answer"
    kill "$pid"; wait "$pid"; code=$?
    said=$(cat "$dir/out" "$dir/err" "$dir/answer")
}
"$hromada" -D "$one" export pmtiles --layer base "$dir/base.pmtiles" 2>/dev/null
echo 'basemap = base.pmtiles' >"$one/hromada.conf"
serve "$one" /v1/release; check 'a basemap that is not there' 0 "basemap in hromada.conf: cannot open $one/base.pmtiles" 'served without it' '"basemap":null'
head -c 100 "$dir/base.pmtiles" >"$one/base.pmtiles"
serve "$one" /v1/release; check 'a basemap that is none' 0 "$one/base.pmtiles is not a PMTiles file" '"basemap":null'
head -c 200 "$dir/base.pmtiles" >"$one/base.pmtiles"
serve "$one" /v1/release; check 'a basemap that was cut off' 0 'it was cut off. The map is served without it' '"basemap":null'
cp "$dir/base.pmtiles" "$one/base.pmtiles"
serve "$one" /v1/release; check 'a basemap that is right' 0 '!basemap in hromada.conf' '"basemap":{"url":"/basemap.pmtiles"}'
rm "$one/hromada.conf"
serve "$dir/empty" /compare; check 'no areas to compare' 0 'This release has no areas yet.' '!The counts stand below'

# -- a disk that is full -----------------------------------------------------------------------------------------------------
fill() { dd if=/dev/zero of="$dir/disk/fill" bs=1k count=$(($(df --output=avail -k "$dir/disk" | tail -n 1) - $1)) 2>/dev/null; }
mkdir "$dir/disk"
if mount -t tmpfs -o size=400k none "$dir/disk" 2>/dev/null; then
    run "$hromada" -D "$dir/disk/town" init; check 'no room for a town' 1 'as happens when the disk is full; nothing was made. Make room there, then try again'
    mount -o remount,size=3m "$dir/disk"
    cp -r "$town" "$dir/disk/town2"
    town2=$dir/disk/town2
    "$hromada" -D "$town2" classify theft=ordinary >"$dir/out" 2>&1
    "$hromada" -D "$town2" publish 2>/dev/null
    fill 48
    run "$hromada" -D "$town2" publish; check 'no room for a release' 1 'nothing was published: cannot write' 'No space left on device; make room there, then try again'
    rm "$dir/disk/fill"
    run "$hromada" -D "$town2" publish; check 'with room it goes on' 0 'Release 2'
    fill 0
    run "$hromada" -D "$town2" withdraw 2 --reason x; check 'a withdrawal makes its own room' 0 'Release 2 is withdrawn'
    rm "$dir/disk/fill"
    run "$hromada" -D "$town2" check; check 'and nothing is left of what was half' 0 'All is well'
    umount "$dir/disk"
else
    for title in 'no room for a town' 'no room for a release' 'with room it goes on' 'a withdrawal makes its own room' 'and nothing is left of what was half'; do
        n=$((n + 1)); echo "ok $n - $title # SKIP no leave to mount"
    done
fi

echo "1..$n"
