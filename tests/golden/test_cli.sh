#!/bin/bash
# The command line as a person meets it: wrong usage, a first import, bad input, two at once, a newer folder.
# Prints TAP. HROMADA_BUILD names the folder of the program.
. "$(dirname "$0")/tap.sh"

run "$hromada"; check 'no command: an overview' 2 'usage: hromada' 'import' 'demo'
run "$hromada" help; check 'help' 0 'Exit codes'
run "$hromada" version; check 'version' 0 'hromada '
for command in init import areas layers classify publish withdraw serve stats export keys verify check backup demo; do
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
{ printf '%s\n' "$head"; row d 'Vehicle crime'; printf 'short,row\n'; printf 'e,2024-99,Test Police,Test Police,,,,,,Drugs,,\n'; } >"$dir/bad.csv"
run "$hromada" -D "$town" import "$dir/nowhere.csv"; check 'a file that is not there' 1 'nowhere.csv'
printf 'a;b\n1;2\n' >"$dir/alien.csv"
run "$hromada" -D "$town" import "$dir/alien.csv"; check 'a file of no known shape' 1 'alien.csv' '--as'
run "$hromada" -D "$town" import; check 'import of nothing' 2 'import needs'
run "$hromada" -D "$town" import --as martian "$dir/good.csv"; check 'no such profile' 1 'martian'
run "$hromada" -D "$town" import --dry-run --json "$dir/good.csv"; check 'a dry run' 0 '"read":3,"imported":3' '"dry_run":true'
run "$hromada" -D "$town" import --dry-run --timing --json "$dir/good.csv"; check 'where the time went' 0 '"timing":{"unpack":' '"merge":0'
run "$hromada" -D "$town" import --dry-run --timing "$dir/good.csv"; check 'the same for people' 0 'Seconds:' 'storing rows'
run "$hromada" -D "$town" import --json "$dir/good.csv"; check 'three rows' 0 '"read":3,"imported":3,"unchanged":0,"revised":0,"rejected":0'
run "$hromada" -D "$town" import --json "$dir/good.csv"; check 'the same again changes nothing' 0 '"imported":0,"unchanged":3'
run "$hromada" -D "$town" import --json "$dir/bad.csv"; check 'bad rows are told and counted' 3 '"read":3' '"rejected":2' '"fields":1'
same 'rejected rows are in their file' "$(cat "$town"/rejects-*.csv | grep -c 'bad.csv')" 2
run "$hromada" -D "$town" areas list; check 'no areas yet' 0 'no set of areas'

# -- what a file does not say, and what a terminal must not see ------------------------------------------------------------
form=$dir/form
run "$hromada" -D "$form" init --timezone Europe/Kyiv; check 'a town for the plain form' 0
printf 'id,date,category\n1,2026-01-05,theft\n' >"$dir/plain.csv"
run "$hromada" -D "$form" import "$dir/plain.csv"; check 'a form that does not say what is domestic' 0 'not say which incidents are domestic'
printf 'id,date,category,Domestic\n1,2026-01-05,theft,true\n' >"$dir/case.csv"
run "$hromada" -D "$form" import "$dir/case.csv"; check 'a header in another case is refused' 1 'case.csv' '"domestic"' 'is "Domestic" meant?'
printf 'id,date,category,domestic,Place\n2,2026-01-05,theft,\033]0;owned\007,x\n' >"$dir/odd.csv"
run "$hromada" -D "$form" import "$dir/odd.csv"; check 'odd words are told and escaped' 0 '1  "\u{1b}]0;owned\u{7}"' '"place" (is "Place" meant?)'
run "$hromada" -D "$form" import --json "$dir/odd.csv"; check 'and in JSON' 0 '"domestic":{"not_told":0,"no":0,"yes":0,"unknown":1' '"meant":"Place"'
printf 'ab\302\2332J\342\200\256;c\n1;2\n' >"$dir/esc.csv"
run "$hromada" -D "$form" import "$dir/esc.csv"; check 'a header that a terminal would obey' 1 'ab\u{9b}2J\u{202e};c'
mkdir -p "$dir/names"
printf 'a;b\n' >"$dir/names/$(printf 'x\033[2J\n.csv')"
cp "$dir/plain.csv" "$dir/names/plain.csv"
run "$hromada" -D "$form" import "$dir/names"; check 'a name of a file that a terminal would obey' 0 'x\u{1b}[2J' 'Passed over'
printf '{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[22,48],[22.1,48],[22,48.1],[22,48]]]}}' >"$dir/a.geojson"
run "$hromada" -D "$form" areas import --set s --title "$(printf 't\033c')" --id code "$dir/a.geojson"; check 'a title with an escape' 0
run "$hromada" -D "$form" areas list; check 'areas list escapes' 0 't\u{1b}c'
# -- what the kinds are: nothing is published of a kind that nobody has classified -----------------------------------------
run "$hromada" -D "$town" classify --json; check 'kinds of a profile of ours are classified' 0 '"unclassified":0' '"class":"home"' '"confirmed_by":"profile uk-police"'
# Outcomes in a source's own words.
printf 'id,date,category,outcome\n1,2024-05-01,theft,"Victim declined, \033[31mdomestic"\n2,2024-05-02,theft,Filed\n3,2024-05-02,theft,Filed\n' >"$dir/words.csv"
"$hromada" -D "$dir/words" init 2>/dev/null
run "$hromada" -D "$dir/words" import "$dir/words.csv"; check 'are taken' 0 '3 imported' 'told to the public as "other"'
run "$hromada" -D "$dir/words" classify; check 'and listed for a person' 0 'the public is told "other"' '2  Filed' '1  Victim declined'
case $said in *$'\033'*) code=9 ;; esac; check 'without what a terminal obeys' 0
run "$hromada" -D "$dir/words" classify --json; check 'with counts' 0 '"outcomes":[{"key":"filed","code":"Filed","incidents":2}'
kinds=$dir/kinds
printf 'id,date,category\n1,2024-05-01,Krádež\n2,2024-05-02,Znásilnění\n3,2024-05-03,Krádež\n4,2024-05-03,Záhada\n' >"$dir/own.csv"
"$hromada" -D "$kinds" init 2>/dev/null
run "$hromada" -D "$kinds" import "$dir/own.csv"; check 'a file of other kinds' 0 '4 imported'
printf 'id,date,category\n1,2024-05-01,Zá\342\200\256hada\n' >"$dir/turned.csv"
"$hromada" -D "$dir/turned" init 2>/dev/null
"$hromada" -D "$dir/turned" import "$dir/turned.csv" >/dev/null 2>&1
run "$hromada" -D "$dir/turned" classify; check 'no kind turns the line round' 0 'Zá\u{202e}hada'
run "$hromada" -D "$dir/turned" publish; check 'nor where it is asked about' 1 'Zá\u{202e}hada'
run "$hromada" -D "$kinds" publish; check 'is not published before somebody says what they are' 1 'nobody has classified yet (3, of 4 incidents)' '2  kradez' 'nothing was published' 'classify'
same 'not at all' "$(ls "$kinds/releases" 2>/dev/null | wc -l)" 0
run "$hromada" -D "$kinds" classify; check 'what is proposed' 0 'proposed: sexual, section 3' 'proposed: ordinary, section 5' 'no proposal' 'Not classified: 3 of 3 kinds'
run "$hromada" -D "$kinds" publish; check 'a proposal alone changes nothing' 1 'nobody has classified yet (3, of 4 incidents)'
run "$hromada" -D "$kinds" publish --withhold-unclassified; check 'or it is published without them' 0 'They are left out' 'Release 1'
run "$hromada" -D "$kinds" classify zahada=nonsense; check 'no such class' 1 '"nonsense" is no class'
run "$hromada" -D "$kinds" classify zahada=street,13; check 'no such section' 1 '"13" is no section'
run "$hromada" -D "$kinds" classify nic=street; check 'no such kind' 1 'no kind "nic"'
run "$hromada" -D "$kinds" classify kradez=street nic=street; check 'all or none' 1 'no kind "nic"'
run "$hromada" -D "$kinds" classify --json; check 'none' 0 '"unclassified":3'
run bash -c "printf '3\nsexual 3\n3\nno\nq\n' | script -qec \"'$hromada' -D '$kinds' classify --by Eva\" /dev/null"
check 'on a terminal one is asked' 0 'a number changes that line' 'person Eva' '"no" is no class'
run "$hromada" -D "$kinds" classify --confirm-all --by Eva; check 'all that is proposed' 0 'Classified by person Eva: 1' 'Not classified: 1 of 3 kinds'
run "$hromada" -D "$kinds" publish; check 'what has no proposal is asked for' 1 'nobody has classified yet (1, of 1 incident)'
run "$hromada" -D "$kinds" classify --by Eva zahada=street,8 --json; check 'one of them' 0 '"unclassified":0' '"class":"street","section":8,"confirmed_by":"person Eva"'
run "$hromada" -D "$kinds" publish; check 'and then never asked again' 0 'Release 2'
run "$hromada" -D "$kinds" import "$dir/own.csv"; check 'the same file' 0 '4 unchanged'
before=$(ls -R "$kinds/releases" "$kinds/restricted"; cksum "$kinds/hromada.db")
run "$hromada" -D "$kinds" publish --dry-run; check 'a dry run' 0 'Dry run, nothing is published or changed. Release 3: 3 incidents'
same 'changes nothing' "$(ls -R "$kinds/releases" "$kinds/restricted"; cksum "$kinds/hromada.db")" "$before"
run "$hromada" -D "$kinds" --json publish --dry-run; check 'and says so' 0 '"release":3,"incidents":3' '"published":false,"sha256":""'
run "$hromada" -D "$kinds" publish; check 'stays classified' 0 'Release 3'
run "$hromada" -D "$dir/early" init; run "$hromada" -D "$dir/early" publish; check 'a release of nothing' 0 'Release 1: 0 incidents'
run "$hromada" -D "$dir/early" areas import --set s --id code "$dir/a.geojson"
run "$hromada" -D "$dir/early" publish; check 'has no regions to be compared with' 0 'Release 2: 0 incidents'
run "$hromada" -D "$kinds" areas import --set s --id code "$dir/a.geojson"; check 'a new set of areas' 0 'has 1 area,' 'out of 1 feature.'
sed 's/\[22.1,48\]/[22.2,48]/' "$dir/a.geojson" >"$dir/moved.geojson"
run "$hromada" -D "$kinds" areas import --set s --id code "$dir/moved.geojson"; check 'borders that move' 0 'The borders of 1 area of the set s' 'BORDERS THAT MOVE'
run "$hromada" -D "$kinds" areas import --set s --id code "$dir/moved.geojson"; same 'borders that stay' "$(printf '%s' "$said" | grep -c 'The borders of')" 0
run "$hromada" -D "$kinds" publish; check 'a first set of areas is asked about' 1 'release 3 was public and was made by other regions: ' 'its sets of areas or their borders' 'nothing was published' '--other-regions 3'
run "$hromada" -D "$kinds" publish --other-regions 3; check 'and taken when it is meant' 0 'Release 4'
run "$hromada" -D "$kinds" publish --other-regions 4; check 'nothing differs' 1 'the regions are those of the last release' 'nothing was published'
run "$hromada" -D "$kinds" areas import --set s --id code "$dir/a.geojson"; check 'borders that move back' 0
run "$hromada" -D "$kinds" publish; check 'are asked about' 1 'other regions: its sets of areas or their borders'
run "$hromada" -D "$kinds" areas import --set s --id code "$dir/moved.geojson"; check 'and if they are as they were' 0
"$hromada" publish --show-policy | sed 's/regions least 2 ha/regions least 4 ha/' >"$dir/wide.txt"
run "$hromada" -D "$kinds" publish --policy "$dir/wide.txt"; check 'other regions' 1 'other regions: "regions least"' '--other-regions 4'
"$hromada" publish --show-policy | sed 's/grid 250 m/grid 1000 m/' >"$dir/wide.txt"
run "$hromada" -D "$kinds" publish --policy "$dir/wide.txt"; check 'another grid' 1 'other regions: its grid or list of anchors' '--other-regions 4'
cp -r "$kinds" "$dir/bare"; rm -r "$dir/bare/releases" "$dir/bare/restricted"
cp -r "$dir/bare" "$dir/bare-same"
run "$hromada" -D "$dir/bare" publish --policy "$dir/wide.txt" --older-database 4; check 'another grid, and no release on the disk' 1 'release 4 was public and was made by other regions: its grid or list of anchors' 'nothing was published' '--other-regions 4'
"$hromada" publish --show-policy | sed 's/regions least 2 ha/regions least 4 ha/' >"$dir/least.txt"
run "$hromada" -D "$dir/bare" publish --policy "$dir/least.txt" --older-database 4; check 'nor with another rule' 1 'other regions: "regions least"' '--other-regions 4'
run "$hromada" -D "$dir/bare" publish --older-database 4 --other-regions 4; check 'where nothing differs by the policy' 1 'the regions are those of the last release'
run "$hromada" -D "$dir/bare" publish --policy "$dir/wide.txt" --older-database 4 --other-regions 4; check 'and taken when it is meant, there, too' 0 'Release 5'
cp -r "$dir/bare-same" "$dir/bare-moved"
run "$hromada" -D "$dir/bare-moved" areas import --set s --id code "$dir/a.geojson"; check 'other borders, where no release is on the disk' 0
run "$hromada" -D "$dir/bare-moved" publish --older-database 4; check 'are asked about, too' 1 'other regions: its sets of areas or their borders' '--other-regions 4'
run "$hromada" -D "$dir/bare-same" publish --older-database 4; check 'the same passes' 0 'Release 5'
run "$hromada" -D "$kinds" publish; check 'nothing is' 0 'Release 5'
"$hromada" publish --show-policy | sed '0,/^    class child/s/^    class child.*/&\n    category kradez withheld/' >"$dir/hide.txt"
run "$hromada" -D "$kinds" publish --policy "$dir/hide.txt" --accept-total 1; check 'a kind that is hidden' 0 'Release 6: 1 incident is public'
sed 's/^1,2024-05-01,Krádež/1,2024-05-01,Znásilnění/' "$dir/own.csv" >"$dir/turned.csv"
run "$hromada" -D "$kinds" import "$dir/turned.csv"; check 'and one of it turns' 0 '1 revised'
run "$hromada" -D "$kinds" publish --built-in-policy; check 'does not come back without it alone' 1 'some turned sensitive meanwhile, and 3 too few' 'Nothing was published' '--leave-now'
run "$hromada" -D "$kinds" publish --built-in-policy --leave-now; check 'unless it is meant' 0 'Release 7: 1 incident is public'
printf 'id,date,category\n5,2024-05-04,Novinka\n' >"$dir/new.csv"
run "$hromada" -D "$kinds" import "$dir/new.csv"; check 'a new kind' 0 '1 imported'
run "$hromada" -D "$kinds" publish; check 'stops it again' 1 '1  novinka'
printf 'id,date,category,Victim sex\n1,2024-05-01,Kradez,m\n' >"$dir/victims.csv"
run "$hromada" -D "$kinds" import "$dir/victims.csv"; check 'a column that may protect' 1 'does not read the column "Victim sex"' 'unread = Victim sex' 'like = generic' 'key = generic'
printf '[source]\nlike = generic\nkey = generic\n[what]\nunread = Victim sex\n' >"$dir/looked.profile"
run "$hromada" -D "$kinds" import --lift-protection --mapping "$dir/looked.profile" "$dir/victims.csv"; check 'and what is to be written then' 0 '1 row read: 0 imported'
printf 'source,key\nother,7\ngeneric,none\n' >"$dir/lift.csv"
run "$hromada" -D "$kinds" import --lift-only "$dir/lift.csv" --mapping "$dir/looked.profile" "$dir/victims.csv"; check 'rows of a list that name nothing' 0 ' 2  rows of the list of --lift-only lift nothing' 'other, 7: nothing of that source was imported' 'generic, none: the source has no such key'
run "$hromada" -D "$kinds" --json import --lift-only "$dir/lift.csv" --mapping "$dir/looked.profile" "$dir/victims.csv"; check 'and in JSON' 0 '"lift_unmatched":2,"lift_unmatched_rows":[{"source":"other","key":"7","source_imported":false}'
printf 'id,date,category\n6,2024-05-04,\033[31mRed\n' >"$dir/red.csv"
run "$hromada" -D "$kinds" import "$dir/red.csv"; check 'a kind that would colour the terminal' 0
run "$hromada" -D "$kinds" classify; case $said in *$'\033'*) code=9 ;; esac; check 'is shown without' 0 '\u{1b}[31mRed'

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
same 'nobody else on the machine can read them' "$(stat -c %a "$town/hromada.db" "$dir/copy.db" "$town"/rejects-*.csv | sort -u)" 600
same 'nor enter its folders' "$(stat -c %a "$town" "$town/releases" "$town/restricted" | sort -u)" 700
same 'the copy is a database' "$(head -c 15 "$dir/copy.db")" 'SQLite format 3'
for name in hromada.db-wal hromada.db-shm hromada.db-journal hromada.db.new hromada.conf policy.txt lock releases/x keys/signing.key \
    releases/../hromada.db-wal; do
    before=$(ls -A "$town" "$town/keys" "$town/releases" | cksum)
    run "$hromada" -D "$town" backup "$town/$name"; check "no backup as $name" 1 'name another file'
    run "$hromada" -D "$town" export pmtiles --max-zoom 0 "$town/$name"; check "no export as $name" 1 'name another file'
    same "and $name is as it was" "$(ls -A "$town" "$town/keys" "$town/releases" | cksum)" "$before"
done
run "$hromada" -D "$town" backup "$town/copy.db"; check 'another name is as good as any' 0 "$town/copy.db"
rm "$town/copy.db"
run "$hromada" -D "$town" backup; check 'backup without a name' 2 'one file name'
cp -r "$town" "$dir/back" && cp "$dir/copy.db" "$dir/back/hromada.db"
run "$hromada" -D "$dir/back" publish; check 'a backup that is brought back asks what came behind it' 1 'is a copy that hromada backup made at 20' 'Nothing was published' '--older-database N' 'or 0'
run "$hromada" -D "$dir/back" publish --older-database 0 --json; check 'nothing did' 0 '"release":2'
run "$hromada" -D "$dir/back" publish --json; check 'and it asks once' 0 '"release":3'

# -- an archive of tiles ---------------------------------------------------------------------------------------------------
run "$hromada" -D "$town" export; check 'export of nothing' 2 'export takes "pmtiles"'
run "$hromada" -D "$town" export pmtiles; check 'export without a name' 2 'last the name of a file'
run "$hromada" -D "$town" export pmtiles cat=burglary; check 'a filter is no file name' 2 'last the name of a file'
run "$hromada" -D "$town" export pmtiles --tier emperor "$dir/x"; check 'export of no such tier' 2 'emperor'
run "$hromada" -D "$town" export pmtiles --tier police --json "$dir/x"; check 'export of the police tier' 0 '"tiles":'
cp -r "$town" "$dir/less"
rm "$dir/less/restricted/1/police.index"
run "$hromada" -D "$dir/less" export pmtiles --tier police "$dir/x"; check 'export of a tier that is not published' 1 'police'
run "$hromada" -D "$town" export pmtiles --layer sea "$dir/x"; check 'no such layer' 2 '"sea"' 'areas list'
run "$hromada" -D "$town" export pmtiles --max-zoom 21 "$dir/x"; check 'too deep' 2 '0 to 20'
run "$hromada" -D "$town" export pmtiles hours=25 "$dir/x"; check 'export under a filter that is none' 2 'hours'
run "$hromada" -D "$dir/nothing" export pmtiles "$dir/x"; check 'export of what is not published' 1 "$dir/nothing"
run "$hromada" -D "$town" export pmtiles "$dir/no/x"; check 'export into no folder' 1 "$dir/no/x"
printf 'old' >"$dir/x.pmtiles"
run "$hromada" -D "$town" export pmtiles "$dir/x.pmtiles"; check 'a file that is no archive is not replaced' 1 "$dir/x.pmtiles"
same 'what was there stays' "$(cat "$dir/x.pmtiles")" old
run "$hromada" -D "$town" export pmtiles "$town/hromada.db"; check 'nor is the database' 1 'hromada.db'
run "$hromada" -D "$town" export pmtiles /dev/null; check 'nor a device' 1 '/dev/null'
rm "$dir/x.pmtiles"
run "$hromada" -D "$town" export pmtiles --json "$dir/x.pmtiles"; check 'an archive' 0 '{"tiles":' '"addressed":' '"bytes":'
same 'it is one' "$(head -c 7 "$dir/x.pmtiles")" PMTiles
sum=$(cksum <"$dir/x.pmtiles")
run bash -c "trap '' XFSZ; ulimit -f 0; exec '$hromada' -D '$town' export pmtiles --layer base '$dir/x.pmtiles'"; check 'no room on the disk' 1 "$dir/x.pmtiles" 'cannot write'
same 'the old archive stays' "$(cksum <"$dir/x.pmtiles")" "$sum"
same 'and nothing beside it' "$(ls -A "$dir" | grep -c '^x.pmtiles.')" 0
run "$hromada" -D "$town" export pmtiles "$dir/x.pmtiles"; check 'an archive gives way to an archive' 0 'x.pmtiles'
same 'the same bytes' "$(cksum <"$dir/x.pmtiles")" "$sum"

# -- what goes wrong ------------------------------------------------------------------------------------------------------
big=$dir/big.csv # some seconds of work
{ printf 'id,date,category\n'; seq 1 60000 | sed 's/$/,2024-05-01 12:00,theft/'; } >"$big"
"$hromada" -D "$town" import "$big" 2>/dev/null & first=$!
until [ "$(cat "$town/lock")" = $first ]; do sleep 0.01; done
kill -STOP $first
run "$hromada" -D "$town" import "$dir/good.csv"; check 'two imports at once: who, and what to do' 1 "process $first writes to $town" 'wait until it has ended'
run "$hromada" -D "$town" stats --json; check 'meanwhile the rest goes on' 0 '"release":1'
kill -CONT $first
wait $first; same 'the first one ends well' $? 0

run "$hromada" -D "$town" classify --confirm-all; check 'theft is ordinary' 0 'All kinds are classified (4)'

# No room: the file of the database may not grow, as on a full disk or under a quota; then there is room again.
sed 's/theft/vandalism/' "$big" >"$dir/changed.csv"
before=$(sqlite3 "$town/hromada.db" 'SELECT count(*), max(id) FROM incident; SELECT count(*) FROM run')
run bash -c "ulimit -f 2000; exec '$hromada' -D '$town' import '$dir/changed.csv'"
check 'no room in the middle of an import' 1 'full; nothing was changed. Make room'
same 'nothing is lost' "$(sqlite3 "$town/hromada.db" 'SELECT count(*), max(id) FROM incident; SELECT count(*) FROM run')" "$before"
run bash -c "ulimit -f 4; exec '$hromada' -D '$town' backup '$dir/small.db'"; check 'no room for a backup' 1 'full'
same 'no half a backup' "$(ls "$dir" | grep -c small)" 0
run bash -c "ulimit -f 64; exec '$hromada' -D '$town' publish"; check 'no room for a release' 1 'File too large'
run "$hromada" -D "$town" stats --json; check 'the release before it stays' 0 '"release":1'
run "$hromada" -D "$town" import --json "$dir/changed.csv"; check 'with room it goes through' 0 '"revised":60000'

run "$hromada" -D "$town" classify vandalism=street; check 'of another kind, by now' 0

# Another program writes into the database, and makes the checksums of its pages right again (src/store/sqlite_pages.h).
edit() {
    sqlite3 "$1" "$2" && python3 - "$1" <<'P'
import struct, sys, zlib
pages = bytearray(open(sys.argv[1], 'rb').read())
for at in range(0, len(pages), 4096):
    number = struct.pack('<I', at // 4096 + 1)
    pages[at + 4088:at + 4096] = struct.pack('<I', zlib.crc32(pages[at:at + 4088] + number)) + number
open(sys.argv[1], 'wb').write(pages)
P
}

# What makes a publication unlikely to be meant: the total, and the clock.
run "$hromada" -D "$town" publish; check 'a total that jumps' 1 '60001 incidents would be public, and release 1 has 1: nothing was published' 'Most of it:' '--accept-total 60001'
run "$hromada" -D "$town" stats --json; check 'nothing was published' 0 '"release":1'
run "$hromada" -D "$town" publish --accept-total 60004; check 'another total than the one that is asked about' 1 'not the 60004 of --accept-total'
cp -r "$town" "$dir/clock"
edit "$dir/clock/hromada.db" 'UPDATE run SET started_s = started_s - 40 * 86400; UPDATE release SET created_s = created_s - 30 * 86400'
run "$hromada" -D "$dir/clock" publish --accept-total 60001; check 'a clock a month ahead' 1 '30 days after release 1 was made' 'nothing was published' "--at-this-date $(date -u +%F)"
run "$hromada" -D "$dir/clock" publish --accept-total 60001 --at-this-date 1999-01-01; check 'another date than the one of the clock' 1 "today is $(date -u +%F), not 1999-01-01"
run "$hromada" -D "$dir/clock" stats --json; check 'nothing was published then either' 0 '"release":1'
run "$hromada" -D "$dir/clock" publish --json --accept-total 60001 --at-this-date "$(date -u +%F)"; check 'repeated, it passes' 0 '"release":2,"incidents":60001'
edit "$dir/clock/hromada.db" 'UPDATE run SET started_s = started_s + 400 * 86400'
run "$hromada" -D "$dir/clock" publish; check 'a clock before the newest import' 1 'the newest import ran on' 'days later: nothing was published. Set the clock right'

# Older files are not kept, and a release can be taken back.
same 'the older index is gone from the disk' "$(ls "$dir"/clock/releases/1 "$dir"/clock/restricted/1 | grep -c 'index\|sums')" 0
same 'its manifests are kept' "$(ls "$dir"/clock/releases/1 "$dir"/clock/restricted/1 | grep -c manifest.json)" 2
run "$hromada" -D "$dir/clock" check; check 'which is all well' 0 'All is well'
run "$hromada" -D "$dir/clock" withdraw; check 'withdraw what?' 2 'the number of one release'
run "$hromada" -D "$dir/clock" withdraw 2; check 'withdraw why?' 1 'say why'
run "$hromada" -D "$dir/clock" withdraw 7 --reason x; check 'withdraw what was not there' 1 'there is no release 7'
run "$hromada" -D "$dir/clock" withdraw 2 --back-to 1 --reason x; check 'back to what is not kept' 1 'the files of release 1 are not kept'
run "$hromada" -D "$dir/clock" stats --json; check 'nothing was withdrawn so far' 0 '"release":2'
run "$hromada" -D "$dir/clock" withdraw 2 --reason 'A place was too exact.' --json; check 'withdraw' 0 '{"withdrawn":2}'
same 'nothing of it is left but the keys and the record' "$(find "$dir"/clock/releases/2 "$dir"/clock/restricted/2 -type f -printf '%f ' | sort)" 'key.pub withdrawn.txt '
run "$hromada" -D "$dir/clock" withdraw 2; check 'once more changes nothing' 0 'is withdrawn'
run "$hromada" -D "$dir/clock" stats; check 'nothing is answered from it' 1 'release 2 was withdrawn' 'A place was too exact.'
run "$hromada" -D "$dir/clock" check; check 'check knows it' 0 'All is well'
edit "$dir/clock/hromada.db" 'UPDATE run SET started_s = started_s - 400 * 86400'
echo 'keep-releases = 2' >"$dir/clock/hromada.conf"
run "$hromada" -D "$dir/clock" publish --json --accept-total 60001; check 'the same again is asked about' 1 'release 2 was withdrawn because of "A place was too exact."' 'nothing was published' '--after-withdrawal 2'
run "$hromada" -D "$dir/clock" publish --json --accept-total 60001 --after-withdrawal 2; check 'its number is not given again' 0 '"release":3'
run "$hromada" -D "$dir/clock" publish --count-again yesterday; check 'count what again?' 1 'takes a half-year'
run "$hromada" -D "$dir/clock" publish --json; check 'and one more' 0 '"release":4'
run "$hromada" -D "$dir/clock" withdraw 4 --back-to 3 --reason 'A place was too exact.' --json; check 'back to one that is kept' 0 '{"withdrawn":4,"current":3}'
run "$hromada" -D "$dir/clock" stats --json; check 'which is current now' 0 '"release":3'
run "$hromada" -D "$town" publish --json --accept-total 60001; check 'a jump that is meant' 0 '"release":2'

# What the database and the disk know of the releases, each without the other.
apart=$dir/apart
cp -r "$town" "$apart"
mkdir "$apart/releases/20261129"
run "$hromada" -D "$apart" check; check 'a folder that is no release' 1 'releases/20261129 is not a release of this town, whose newest is 2; move it away'
run "$hromada" -D "$apart" publish --json; check 'moves no numbers' 0 '"release":3'
rmdir "$apart/releases/20261129"
edit "$apart/hromada.db" 'DELETE FROM release WHERE number = 3'
run "$hromada" -D "$apart" check; check 'one that was killed before its record' 0 'All is well'
cp -r "$apart" "$dir/killed"
run "$hromada" -D "$apart" publish --json; check 'the next writes it down' 0 '"release":4'
same 'as it was' "$(sqlite3 "$apart/hromada.db" 'SELECT a.policy = b.policy, a.incidents = b.incidents, a.withheld = b.withheld FROM release a, release b WHERE a.number = 3 AND b.number = 4')" '1|1|1'
same 'with the hash of its manifest' "$(sqlite3 "$apart/hromada.db" 'SELECT sha256 FROM release WHERE number = 3')" "$(sha256sum <"$apart/releases/3/manifest.json" | cut -d ' ' -f 1)"
run "$hromada" -D "$dir/killed" withdraw 3 --reason 'A mistake.'; check 'one that was killed, and is withdrawn' 0 'Release 3 is withdrawn'
run "$hromada" -D "$dir/killed" publish; check 'is not made again without a word' 1 'was withdrawn because of' 'othing was published' '--after-withdrawal 3'
run "$hromada" -D "$dir/killed" publish --json --after-withdrawal 3; check 'but with one' 0 '"release":4'
mv "$apart/releases/4" "$apart/releases/5"
echo 3 >"$apart/releases/current"
rm -r "$apart/restricted/4"
run "$hromada" -D "$apart" publish; check 'a release that is lost is asked about' 1 'knows release 4, and its files are not in the data folder' 'Nothing was published' '4 or more'
run "$hromada" -D "$apart" publish --older-database 3; check 'as the newest' 1 '4 or more'
cp -r "$apart" "$dir/behind"
run "$hromada" -D "$dir/behind" publish --json --older-database 17; check 'by which regions nobody knows' 1 'does not know by which regions release 17 was made' 'nothing was published' '--other-regions 17'
run "$hromada" -D "$dir/behind" publish --json --older-database 17 --other-regions 17; check 'and behind what anybody has seen' 0 '"release":18' '"known":false'
run "$hromada" -D "$apart" publish --json --older-database 4; check 'one that never was current gives its number to nobody' 0 '"release":5' '"known":true'
run "$hromada" -D "$apart" check; check 'a release that is lost' 1 'release 4 was published on' 'releases/4 is not there; bring it back from a backup, or withdraw the release'
run "$hromada" -D "$apart" withdraw 4 --reason 'Lost.'; check 'is withdrawn' 0 'Release 4 is withdrawn'
run "$hromada" -D "$apart" check; check 'and then missed no more' 0 'All is well'
mkdir "$apart/releases/003"
run "$hromada" -D "$apart" check; check 'a number spelt otherwise is no release' 1 'releases/003 is not of hromada; move it away'
rmdir "$apart/releases/003"
echo 3 >"$apart/releases/current"
run "$hromada" -D "$apart" check; check 'an older release named as current' 1 'names release 3, and release 5 is newer and was not withdrawn'
echo 5 >"$apart/releases/current"
cp "$apart/hromada.db" "$dir/sound.db"
for number in 1 5; do
    edit "$apart/hromada.db" "UPDATE release SET sha256 = replace(hex(zeroblob(32)), '0', 'e') WHERE number = $number"
    run "$hromada" -D "$apart" check; check "another hash of release $number" 1 "releases/$number/manifest.json has the SHA-256" 'not what was published'
    cp "$dir/sound.db" "$apart/hromada.db"
done
edit "$apart/hromada.db" 'UPDATE release SET incidents = incidents + 1 WHERE number = 5'
run "$hromada" -D "$apart" check; check 'another number of incidents' 1 'release 5 has 60001 incidents, and the database says 60002'
cp "$dir/sound.db" "$apart/hromada.db"
edit "$apart/hromada.db" 'DELETE FROM release WHERE number > 3; DELETE FROM shown_release WHERE release > 3'
run "$hromada" -D "$apart" check; check 'an older database' 1 'release 5 lies in' 'knows none after 3' 'older backup'

if mkdir "$dir/disk" && mount -t tmpfs -o size=3m none "$dir/disk" 2>/dev/null; then
    "$hromada" -D "$dir/disk" init 2>/dev/null
    run "$hromada" -D "$dir/disk" import "$big"; check 'a disk that is really full' 1 'no space is left' 'Make room'
    run "$hromada" -D "$dir/disk" import --json "$dir/good.csv"; check 'and is as good as before' 0 '"imported":3'
    run "$hromada" -D "$dir/disk" check; check 'also by its checksums' 0 '3 incidents'
    umount "$dir/disk"
else
    for title in 'a disk that is really full' 'and is as good as before' 'also by its checksums'; do
        n=$((n + 1)); echo "ok $n - $title # SKIP no leave to mount"
    done
fi
run bash -c "'$hromada' -D '$town' stats --json >/dev/full"; check 'output that cannot be written' 1 'could not write the output'

mkfifo "$dir/pipe"
run timeout 5 "$hromada" -D "$town" import "$dir/pipe"; check 'a pipe is not waited for' 1 'not a regular file'
run timeout 5 "$hromada" -D "$town" publish --policy "$dir/pipe"; check 'nor as a policy' 1 'not a regular file'
run "$hromada" -D "$town" import --mapping "$dir" "$dir/good.csv"; check 'a folder is no mapping' 1 'not a regular file'
run "$hromada" -D "$town" backup "$town/hromada.db"; check 'a backup onto the database itself' 1 'is the database itself'
run "$hromada" -D "$town" backup "$dir/pipe"; check 'a backup onto a pipe' 1 'not a regular file'
run "$hromada" -D "$town" check; check 'nothing was hurt by all that' 0 'All is well'

# A folder of all sorts: what is read, what is passed over, and what to do with it.
mkdir "$dir/sorts"
cp "$dir/good.csv" "$dir/sorts/a.csv"; cp "$dir/alien.csv" "$dir/sorts/b.csv"; echo PK >"$dir/sorts/c.xlsx"
echo '{"type":"Feature","properties":{"code":1},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}' >"$dir/sorts/d.geojson"
run "$hromada" -D "$town" import --dry-run "$dir/sorts"
check 'a folder of all sorts' 0 'Passed over:' 'b.csv has the shape of no known feed' 'c.xlsx is a spreadsheet' 'd.geojson holds areas, no incidents; hromada areas import'
run script -qec "'$hromada' -D '$town' import --dry-run '$big'" /dev/null; check 'progress on a terminal' 0 'reading ' 'merging 60000 rows' 'Dry run'
run "$hromada" -D "$town" import --dry-run "$big"; case $said in *merging*) code=9 ;; esac; check 'and none in a pipe' 0 'Dry run'

# The port is taken: by a socket of our own, which listens on a port that the system chose.
python3 -c 'import socket,sys,time
s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1], flush=True); time.sleep(60)' >"$dir/port" & taken=$!
until [ -s "$dir/port" ]; do sleep 0.05; done
port=$(cat "$dir/port")
run timeout 20 "$hromada" -D "$town" serve --listen "127.0.0.1:$port"; check 'the port is taken' 1 "127.0.0.1:$port" 'stop it, or choose another address with --listen'
kill $taken; wait $taken 2>/dev/null
run timeout 20 "$hromada" -D "$dir/nowhere" serve; check 'a folder that is not there' 1 'there is no folder' 'init'
: >"$dir/empty.txt"
run "$hromada" publish --show-policy --policy "$dir/empty.txt"; check 'an empty policy' 1 'empty.txt: the file is empty' 'remove it'
run "$hromada" -D "$town" serve --listen nonsense; check 'no such address' 1 'nonsense' '127.0.0.1:8080'
python3 - "$town/releases/2/public.index" <<'P'
import sys
with open(sys.argv[1], 'r+b') as f:
    f.seek(-40, 2)
    byte = f.read(1)
    f.seek(-40, 2)
    f.write(bytes([byte[0] ^ 0x5A]))
P
run "$hromada" -D "$town" check; check 'a flipped bit is found' 1 'releases/2' 'something is wrong'
"$hromada" -D "$town" serve --listen "unix:$dir/web.sock" >"$dir/served" 2>"$dir/log" & serving=$!
until [ -s "$dir/served" ]; do sleep 0.05; done
sleep 2 # behind the first look
ask() { python3 - "$dir/web.sock" "$1" <<'P'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(f'GET {sys.argv[2]} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'.encode())
print(b''.join(iter(lambda: s.recv(65536), b'')).decode('utf8', 'replace'))
P
}
run ask /healthz; check 'and not served; the server stays to say so' 0 'HTTP/1.1 503' 'cannot be read'
run ask '/?lang=cs'; check 'on its pages, too' 0 'HTTP/1.1 503' 'Data nelze přečíst'
run cat "$dir/log"; check 'the log says what to do' 0 'releases/2/public.index' 'publish again'
cp -r "$town" "$dir/twice"
echo 77 >"$dir/twice/releases/current"
edit "$dir/twice/hromada.db" 'PRAGMA ignore_check_constraints = ON; UPDATE run SET rejected = 7 WHERE id = 1'
echo 'tier nobody' >"$dir/twice/policy.txt"
run "$hromada" -D "$dir/twice" check; check 'check tells all that is wrong' 1 'do not add up' 'public.index' 'release 77' 'policy.txt'
run "$hromada" -D "$dir/twice" --json check; check 'also as JSON' 1 '"findings":["run 1:'
run "$hromada" -D "$town" publish --timing --json; check 'a new release beside a damaged one' 0 '"release":3' '"timing_ms":{"read":'
for _ in $(seq 100); do run ask /healthz; case $said in *'ok release 3'*) break ;; esac; sleep 0.1; done; check 'which is served' 0 'HTTP/1.1 200' 'ok release 3'
run "$hromada" -D "$town" withdraw 3 --reason 'Chyba v <datech>'; check 'withdrawn while it is served' 0 'within a second'
for _ in $(seq 100); do run ask /; case $said in *' 410 '*) break ;; esac; sleep 0.1; done; check 'the page says why' 0 'HTTP/1.1 410' 'Chyba v &lt;datech&gt;'
run ask /v1/facets; check 'and the API' 0 'HTTP/1.1 410' '"/problems/gone"' '"reason":"Chyba v \u003cdatech\u003e"'
run ask /data/3/public.index; check 'nothing can be downloaded' 0 'HTTP/1.1 410'
run ask /healthz; check 'the server is well' 0 'HTTP/1.1 200' 'release 3 was withdrawn'
kill $serving; wait $serving; same 'it stops as it should' $? 0
run "$hromada" -D "$town" publish --json --after-withdrawal 3; check 'a release after that' 0 '"release":4'
run edit "$town/hromada.db" "UPDATE release SET incidents = 1, sha256 = 'x' WHERE number = 4"; check 'another record' 0
run "$hromada" -D "$town" check; check 'a release that is not the one written down' 1 'and the database says'
cp -r "$town" "$dir/newer"
edit "$dir/newer/hromada.db" 'PRAGMA user_version = 9999;'
run "$hromada" -D "$dir/newer" check; check 'a data folder of a newer version' 1 'newer'
head -c 4096 /dev/urandom >"$dir/newer/hromada.db"
run "$hromada" -D "$dir/newer" check; check 'a file that is no database' 1 'hromada.db'
if [ "$(id -u)" = 0 ]; then
    cp -r "$town" "$dir/other"
    chown -R nobody "$dir/other"
    for command in publish 'withdraw 4' 'keys rotate' classify 'import x' areas layers; do
        # shellcheck disable=SC2086  # a command and its words
        run "$hromada" -D "$dir/other" $command; check "root writes nothing for another user: $command" 1 'sudo -u nobody'
    done
    run "$hromada" -D "$dir/other" stats --by total; check 'but may read' 0 'total'
fi
printf 'colour = red\n' >"$town/hromada.conf"
run "$hromada" -D "$town" serve --listen 127.0.0.1:0; check 'an unknown setting' 1 'line 1' 'colour'
rm "$town/hromada.conf"
run "$hromada" -D "$dir/demo" demo --incidents 5; check 'a demo town that is too small' 2 'from 1000 to 20000000, not 5'
rm -rf "$dir/demo"
run "$hromada" -D "$dir/demo" demo --incidents 2000 --json; check 'a demo town' 0 '"release":1'
run "$hromada" -D "$dir/demo" stats --by area:districts --csv; check 'its districts' 0 'key,label,count' 'Хутір'
run "$hromada" -D "$dir/demo" demo; check 'not a second time in the same folder' 1 "$dir/demo"
echo "1..$n"
