#!/bin/bash
# What hromada check tells of a folder that was damaged, brought back, or left by a command that was killed; and that it tells
# nothing else, since people act on it. What it tells of releases that do not go together with the database is in test_cli.sh.
# Prints TAP. HROMADA_BUILD names the folder of the program.
. "$(dirname "$0")/tap.sh"
fresh() { rm -rf "$dir/at" && cp -r "$town" "$dir/at"; }
at=$dir/at

run "$hromada" -D "$town" demo --incidents 2000; check 'a demo town' 0 'Release 1'
run "$hromada" -D "$town" publish; check 'a second release' 0 'Release 2'
run "$hromada" -D "$town" check; check 'all is well' 0 'All is well'

# -- a damaged database ------------------------------------------------------------------------------------------------
fresh
truncate -s -1 "$at/hromada.db"
run "$hromada" -D "$at" check; check 'a database that lacks its last byte' 1 'length: hromada.db has' 'its end was cut off'
fresh
truncate -s +1 "$at/hromada.db"
run "$hromada" -D "$at" check; check 'one that has a byte more' 1 'something was written behind its end'
fresh
dd if=/dev/zero of="$at/hromada.db" bs=100 seek=1 count=1 conv=notrunc 2>/dev/null
run "$hromada" -D "$at" check; check 'one that cannot be read' 1 'hromada.db is damaged' 'were not compared with what the database knows'
unsaid 'says nothing of its releases' 'move it away' 'not a release of this town' 'releases/1'

# -- releases ----------------------------------------------------------------------------------------------------------
fresh
rm "$at/releases/current"
run "$hromada" -D "$at" check; check 'which release is current is lost' 1 'releases/current is missing, so nothing is served; hromada publish makes it'
unsaid 'older releases were retired all the same' 'public.index' 'nothing was published yet'
run "$hromada" -D "$at" publish --json; check 'publish makes it' 0 '"release":3'
run "$hromada" -D "$at" check; check 'and all is well' 0 'All is well' '3 releases'
run "$hromada" -D "$at" stats --json; check 'which is served again' 0 '"release":3'
fresh
rm "$at/releases/current" "$at/releases/2/public.index"
run "$hromada" -D "$at" check; check 'the newest index is lost, too' 1 'releases/2/public.index is missing' 'releases/current is missing'
unsaid 'the one that was replaced is not' 'releases/1/'

# -- what publish will ask ---------------------------------------------------------------------------------------------
fresh
"$hromada" publish --show-policy | sed '1s/^/# ours\n/' >"$at/policy.txt"
run "$hromada" -D "$at" publish --json; check 'a policy of its own' 0 '"release":3'
run "$hromada" -D "$at" backup "$dir/copy.db"; check 'a backup' 0
run "$hromada" -D "$at" check; check 'all is well with both' 0 'All is well'
unsaid 'and nothing will be asked' 'will ask'
rm "$at/policy.txt"
run "$hromada" -D "$at" check; check 'the policy is lost' 0 "There is no $at/policy.txt, and release 3 was made by another policy" 'All is well'
run "$hromada" -D "$at" publish; check 'and publish asks for it' 1 "there is no $at/policy.txt"
cp "$dir/copy.db" "$at/hromada.db"
run "$hromada" -D "$at" check; check 'a copy is brought back' 0 'The database is a copy that hromada backup made at 20' 'takes --older-database N' 'All is well'
run "$hromada" -D "$at" --json check; check 'in JSON, too' 0 '"findings":[],"asked":["The database is a copy'
run "$hromada" -D "$at" publish --built-in-policy; check 'and publish asks of it' 1 'is a copy that hromada backup made at 20'
run "$hromada" -D "$at" publish --built-in-policy --older-database 0; check 'when it is told' 0 'Release 4'
run "$hromada" -D "$at" check; check 'nothing is left to ask' 0 'All is well'
unsaid 'and check says so' 'will ask'

# -- settings that the server cannot use -------------------------------------------------------------------------------
fresh
conf() { printf '%s\n' "$@" >"$at/hromada.conf"; run "$hromada" -D "$at" check; }
conf 'listen = x'; check 'listen: a word' 1 "$at/hromada.conf, listen: \"x\" is no address to listen on"
conf 'listen = 127.0.0.1:99999'; check 'listen: no such port' 1 'hromada.conf, listen: "127.0.0.1:99999" is no address'
conf 'listen = unix:'; check 'listen: a socket without a path' 1 'hromada.conf, listen: the path of a socket'
conf 'metrics = 127.0.0.1:x'; check 'metrics' 1 'hromada.conf, metrics: "127.0.0.1:x" is no address'
conf 'basemap = nofile.pmtiles'; check 'a basemap that is not there' 1 "hromada.conf, basemap:" "$at/nofile.pmtiles"
conf 'basemap = hromada.db'; check 'a file that is no basemap' 1 "$at/hromada.db is not a PMTiles file of version 3"
run "$hromada" -D "$at" export pmtiles --layer base "$at/base.pmtiles"; check 'a basemap' 0
conf 'basemap = base.pmtiles' 'listen = [::1]:0' "metrics = unix:$at/metrics"; check 'all of them right' 0 'All is well'
truncate -s -1 "$at/base.pmtiles"
conf 'basemap = base.pmtiles' 'listen = y' 'metrics = [::1]:z'; check 'each is told' 1 'base.pmtiles has' 'it was cut off' '"y"' '"[::1]:z"'
conf 'listen ='; check 'a line that is none' 1 'hromada.conf, line 1: listen needs a value'
echo "1..$n"
