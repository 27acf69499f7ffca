#!/bin/bash
# Signed releases as a person meets them: a key that is made by itself, what a reader verifies with the files and a key alone,
# and a policy that passes below a floor because the town has signed it. OpenSSL, which we did not write, judges the signature.
# Prints TAP. HROMADA_BUILD names the folder of the program.
. "$(dirname "$0")/tap.sh"
key_of() { "$hromada" -D "$1" --json keys 2>/dev/null | sed 's/.*"public_key":"\([0-9a-f]*\)".*/\1/'; }
release=$town/releases/1

run "$hromada" -D "$town" demo --incidents 2000
check 'a demo town has a key, and says so' 0 'Releases are signed from now on' "$town/keys/signing.key"
key=$(key_of "$town")
run "$hromada" -D "$town" keys; check 'a second look changes nothing' 0 "Public key:   $key" 'Fingerprint:'
run "$hromada" -D "$town" check; check 'all is well' 0 'All is well'
run "$hromada" -D "$dir/other" init; check 'init makes a key' 0 'Releases are signed from now on'
other=$(key_of "$dir/other")

# -- what a reader does ------------------------------------------------------------------------------------------------
mkdir "$dir/reader"
for file in manifest.json manifest.sig public.index; do cp "$release/$file" "$dir/reader/release-1-$file"; done
cd "$dir/reader" || exit 1
unset HROMADA_DATA
run "$hromada" verify release-1-manifest.json --key "$key"
check 'files and key are enough' 0 'Release 1' 'public.index is right' 'public.sums is missing' 'the given key'
run "$hromada" verify . --key "$release/key.pub"; check 'a folder, and the key from a file' 0 'the given key'
run "$hromada" verify . --key "$other"; check 'another key' 1 'does not fit'
run "$hromada" verify .; check 'no key' 1 '--key'
cp "$release/key.pub" release-1-key.pub
run "$hromada" verify .; check 'the key that came with it' 0 'proves nothing of its origin'
run "$hromada" verify . --key "$other"; check 'another key than the one beside it' 1 'another key'
run "$hromada" verify --json . --key "$key"
check 'as JSON' 0 '"release":1' "\"signed_by\":\"$key\"" '"key_given":true' '"public.index":"right"' '"public.sums":"missing"'
run "$hromada" -D "$town" verify 1 --key "$key"; check 'a number' 0 'public.sums is right'
run "$hromada" verify; check 'verify of nothing' 2 'one release'
run "$hromada" verify . --key 12; check 'a key that is none' 1 '64 hex digits'
run "$hromada" verify "$dir/nowhere"; check 'a release that is not there' 1 'nowhere'
cp release-1-public.index index && chmod u+w release-1-public.index
printf 'another byte' | dd of=release-1-public.index bs=1 seek=9000 conv=notrunc 2>/dev/null
run "$hromada" verify . --key "$key"; check 'a file that was changed' 1 'release-1-public.index'
mv -f index release-1-public.index
sed -i 's/"incidents":/"incidents":1/' release-1-manifest.json
run "$hromada" verify . --key "$key"; check 'a manifest that was changed' 1 'does not fit'
if command -v openssl >/dev/null && command -v xxd >/dev/null; then
    { printf '302a300506032b6570032100'; cat; } <<<"$key" | xxd -r -p >key.der # RFC 8410 in front of the 32 bytes
    xxd -r -p "$release/manifest.sig" >signature
    { echo 'hromada manifest 1'; cat "$release/manifest.json"; } >message
    run openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in message -sigfile signature
    check 'OpenSSL takes the signature' 0 'Verified Successfully'
else n=$((n + 1)); echo "ok $n - OpenSSL takes the signature # SKIP openssl or xxd is not installed"; fi
cd / || exit 1

# -- a policy below a floor --------------------------------------------------------------------------------------------
policy=$town/policy.txt
until=$(date -u -d '+30 days' +%F)
put() { printf '%s\ntier public\n    anchors grid 250 m\n    delay 1 day\n    class street ordinary points\n' "$1" >"$policy"; }
put '# nothing'
run "$hromada" -D "$town" publish; check 'below a floor' 1 'falls below the floor "delay"'
put "exception delay \"Thefts are to be seen at once.\" by \"O. Hnatiuk, mayor\" until $until"
run "$hromada" -D "$town" publish; check 'an exception that nobody signed' 1 'policy.txt.sig is not there' 'sign-policy'
run "$hromada" -D "$town" keys sign-policy "$policy"; check 'is not signed in passing' 1 'nothing was signed' 'nothing is told before 7 days' 'O. Hnatiuk'
run "$hromada" -D "$town" keys sign-policy --yes "$policy"; check 'is signed when it is meant' 0 'Line 4 passes it' 'policy.txt.sig is written'
run "$hromada" -D "$town" publish; check 'and counts' 0 'Release 2'
said=$(cat "$town/releases/2/manifest.json"); code=0
check 'the release says so' 0 '"exceptions":[{"floor":"delay"' '"by":"O. Hnatiuk, mayor"' "\"until\":\"$until\""
run "$hromada" -D "$town" check; check 'the policy is in order' 0 'All is well'
echo '# a comment' >>"$policy"
run "$hromada" -D "$town" publish; check 'a change is another policy' 1 'not the signature of this text'
run "$hromada" -D "$town" check; check 'which check tells as well' 1 'not the signature of this text'
put "exception grid \"Why?\" by \"Who\" until $until"
run "$hromada" -D "$town" keys sign-policy --yes "$policy"; check 'the wrong floor' 1 'makes an exception of the floor "grid"'
put "exception delay \"Why?\" by \"Who\" until 2020-01-01"
run "$hromada" -D "$town" keys sign-policy --yes "$policy"; check 'one that has expired' 1 'has expired'
rm "$policy" "$policy.sig"

# -- another key -------------------------------------------------------------------------------------------------------
run "$hromada" -D "$town" keys rotate; check 'a new key' 0 'the old one has signed it' "Before:       $key"
run "$hromada" -D "$town" publish; check 'without its policy nothing is published' 1 'there is no' 'policy.txt, and release 2 was made by another policy' 'nothing was published' '--built-in-policy'
run "$hromada" -D "$town" publish --built-in-policy; check 'signs the next release' 0 'Release 3'
run "$hromada" -D "$town" verify 3 --key "$key"; check 'who trusts the old key trusts the new one' 0 'vouches for'
run "$hromada" -D "$town" verify 2 --key "$town/releases/3/key.pub"; check 'and the other way round' 0 'Release 2'
run "$hromada" -D "$town" check; check 'all releases are proved' 0 'All is well'
chmod 644 "$town/keys/signing.key"
run "$hromada" -D "$town" publish; check 'a key that others can read signs nothing' 1 'chmod 600'
chmod 600 "$town/keys/signing.key"
mv "$town/keys/signing.key" "$dir/copy"
run "$hromada" -D "$town" publish; check 'a key that is gone is not made anew' 1 'bring back your copy' '--lost'
run "$hromada" -D "$town" check; check 'nor overlooked' 1 'signing.key is not there'
mv "$dir/copy" "$town/keys/signing.key"
cp -r "$dir/other/keys" "$dir/town-keys" && mv "$town/keys" "$dir/own-keys" && mv "$dir/town-keys" "$town/keys"
run "$hromada" -D "$town" check; check "another town's key" 1 'signed with another key'
run "$hromada" -D "$town" publish; check 'which signs nothing' 1 'of another town'
rm -r "$town/keys" && mv "$dir/own-keys" "$town/keys"

# -- an older copy of it -----------------------------------------------------------------------------------------------
cp -r "$town/keys" "$dir/older-keys"
run "$hromada" -D "$town" keys rotate; check 'once more a new key' 0 'A new key is made'
run "$hromada" -D "$town" publish; check 'and a release' 0 'Release 4'
mv "$town/keys" "$dir/newest-keys" && cp -r "$dir/older-keys" "$town/keys"
run "$hromada" -D "$town" publish; check 'an older copy signs nothing' 1 'is an older copy' '--lost'
run "$hromada" -D "$town" keys rotate; check 'nor another key' 1 'is an older copy'
run "$hromada" -D "$town" keys; check 'and is not shown without a word' 1 'is an older copy' 'Public key:' '!Publish the fingerprint'
run "$hromada" -D "$town" check; check 'check knows it' 1 'is an older copy'
same 'nothing was published' "$(cat "$town/releases/current")" 4
: >"$town/keys/signing.key"
run "$hromada" -D "$town" keys rotate; check 'an empty file' 1 'move it away, then bring back your copy' '--lost'
run "$hromada" -D "$town" keys rotate --lost; check 'is not a lost one yet' 1 'move it away, then bring back your copy'
rm "$town/keys/signing.key"
run "$hromada" -D "$town" keys rotate; check 'a key that is gone is not replaced' 1 'bring back your copy' '--lost'
cp -r "$town" "$dir/lost"
run "$hromada" -D "$dir/lost" keys rotate --lost; check 'but when it is lost' 0 'tell them of it' "Before:       $key"
rm -r "$town/keys" && mv "$dir/newest-keys" "$town/keys"

# -- a folder that does not know its key any more ----------------------------------------------------------------------
none() { same "$1" "$(find "$2/keys" -name signing.key 2>/dev/null | wc -l)" 0; }
run "$hromada" -D "$town" backup "$dir/backup.db"; check 'a backup' 0
mkdir "$dir/restored" && cp "$dir/backup.db" "$dir/restored/hromada.db"
run "$hromada" -D "$dir/restored" publish; check 'the backup without its releases' 1 'knows release 4, and its files are not in the data folder' 'Nothing was published' '--older-database N' '4 or more'
run "$hromada" -D "$dir/restored" publish --older-database 3; check 'fewer than it knows' 1 '4 or more'
for verb in 'publish --older-database 4' keys 'keys rotate' check; do
    # shellcheck disable=SC2086 # a verb and its word
    run "$hromada" -D "$dir/restored" $verb; check "the backup alone: $verb" 1 'bring back your copy' '--lost'
done
none 'no key was made' "$dir/restored"
run "$hromada" -D "$dir/restored" keys rotate --lost; check 'lost, and no release tells of it' 0 'tell them of it' 'Public key:'
same 'it goes on from none' "$(grep -c '^key' "$dir/restored/keys/signing.key")" 1
one=$dir/one
run "$hromada" -D "$one" demo --incidents 2000; check 'a town with one release' 0
cp -r "$one" "$dir/old"
run "$hromada" -D "$one" withdraw 1 --reason 'A mistake.'; check 'that is withdrawn' 0
rm "$one/keys/signing.key"
run "$hromada" -D "$one" publish --after-withdrawal 1; check 'its key is not made anew' 1 'bring back your copy' '--lost'
none 'no key was made then' "$one"
run "$hromada" -D "$dir/fresh" init; rm "$dir/fresh/keys/signing.key"
run "$hromada" -D "$dir/fresh" keys; check 'nothing was signed: keys says when one is made' 1 'has no key yet' 'hromada publish'
none 'and makes none' "$dir/fresh"
run "$hromada" -D "$dir/fresh" keys rotate; check 'nor does rotate' 1 'has no key yet'
run "$hromada" -D "$dir/fresh" keys rotate --lost; check 'nor is one lost' 1 'no key is lost'
run "$hromada" -D "$dir/fresh" keys --at-this-date 2026-11-28; check 'a date without need' 2 'goes with these two'

# -- a clock that is wrong ---------------------------------------------------------------------------------------------
edit() { # edit DATABASE SQL: and the checksums of its pages
    sqlite3 "$1" "$2" && python3 - "$1" <<'P'
import struct, sys, zlib
pages = bytearray(open(sys.argv[1], 'rb').read())
for at in range(0, len(pages), 4096):
    number = struct.pack('<I', at // 4096 + 1)
    pages[at + 4088:at + 4096] = struct.pack('<I', zlib.crc32(pages[at:at + 4088] + number)) + number
open(sys.argv[1], 'wb').write(pages)
P
}
today=$(date -u +%F)
# A town whose only release an older program made, without a signature, and the clock a month ahead.
old=$dir/old
sed -i 's/"format":2/"format":1/' "$old/releases/1/manifest.json"
rm "$old/keys/signing.key" "$old"/releases/1/*.sig "$old/releases/1/key.pub"
edit "$old/hromada.db" 'UPDATE run SET started_s = started_s - 30 * 86400; UPDATE release SET created_s = created_s - 30 * 86400'
printf 'exception delay "Why?" by "Who" until %s\ntier public\n    delay 1 day\n    class street ordinary points\n' "$until" >"$dir/policy"
run "$hromada" -D "$old" keys sign-policy --yes "$dir/policy"; check 'no first key by a clock that seems to be ahead' 1 '30 days after' 'no key was made' "--at-this-date $today"
none 'there is none' "$old"
run "$hromada" -D "$old" publish; check 'nor by publish' 1 "--at-this-date $today"
none 'there is none yet' "$old"
run "$hromada" -D "$old" publish --at-this-date "$today"; check 'unsigned releases alone: the first key is made without fuss' 0 'Releases are signed from now on' 'Release 2'
# The same clock, and a key that is there.
cp -r "$town" "$dir/ahead"
before=$(cat "$dir/ahead/keys/signing.key")
edit "$dir/ahead/hromada.db" 'UPDATE run SET started_s = started_s + 400 * 86400'
for word in '' --lost; do
    [ -z "$word" ] || mv "$dir/ahead/keys/signing.key" "$dir/copy"
    # shellcheck disable=SC2086 # a word or none
    run "$hromada" -D "$dir/ahead" keys rotate $word; check "keys rotate $word: a clock before the newest import" 1 'the newest import ran on' 'no key was made' "--at-this-date $today"
done
none 'no key took the place of the lost one' "$dir/ahead"
mv "$dir/copy" "$dir/ahead/keys/signing.key"
same 'the old one is still there' "$(cat "$dir/ahead/keys/signing.key")" "$before"
run "$hromada" -D "$dir/ahead" keys rotate --at-this-date 1999-01-01; check 'another date than that of the clock' 1 "today is $today, not 1999-01-01" 'then make the key'
run "$hromada" -D "$dir/ahead" keys rotate --at-this-date "$today"; check 'repeated, it passes' 0 'A new key is made'
# A first key that was dated so.
future=$dir/future
run "$hromada" -D "$future" init; check 'a town whose clock stood in 2099' 0
sed -i 's/^\(key [0-9a-f]*\) .*/\1 2099-01-01T00:00:00Z/' "$future/keys/signing.key"
run "$hromada" -D "$future" publish; check 'publish warns of its key' 0 'dated 2099-01-01T00:00:00Z, which is in the future' 'Release 1'
run "$hromada" -D "$future" keys; check 'so does keys' 0 'which is in the future'
run "$hromada" -D "$future" check; check 'and check' 1 'which is in the future'
run "$hromada" -D "$future" keys rotate; check 'it is not replaced in passing' 1 'the last key was made on 2099-01-01' 'no key was made' "--at-this-date $today"
cp -r "$future" "$dir/lost-future" && rm "$dir/lost-future/keys/signing.key"
run "$hromada" -D "$dir/lost-future" keys rotate --lost; check 'nor when it is lost' 1 'the last key was made on 2099-01-01'
for at in "$future" "$dir/lost-future"; do
    word=--lost
    [ "$at" = "$future" ] && word= && first=$(key_of "$at")
    # shellcheck disable=SC2086 # a word or none
    run "$hromada" -D "$at" keys rotate $word --at-this-date "$today"; check "but by the date, rotate $word" 0 "Since:        $today"
    run "$hromada" -D "$at" check; check 'all is well again' 0 'All is well'
    run "$hromada" -D "$at" publish; check 'and the new key signs' 0 'Release 2'
done
# The list of keys has an end, which is told before it comes.
many=$dir/many
run "$hromada" -D "$many" init
for _ in $(seq 54); do "$hromada" -D "$many" keys rotate >/dev/null 2>&1; done
run "$hromada" -D "$many" keys; check '55 keys' 0 'Public key:'
same 'of which nothing is said' "$("$hromada" -D "$many" keys 2>&1 | grep -c 'no more can be made')" 0
run "$hromada" -D "$many" keys rotate; check 'the 56th' 0 'has had 56 keys, and after 64 no more can be made'
run "$hromada" -D "$many" keys; check 'keys says it, too' 0 'has had 56 keys'
run "$hromada" -D "$future" verify 2 --key "$first"; check 'for who trusted the first one, too' 0 'vouches for'
run "$hromada" -D "$future" verify 1 --key "$future/releases/2/key.pub"; check 'and the release before stays good' 0 'Release 1'
# -- whose releases are served -----------------------------------------------------------------------------------------
elsewhere=$dir/elsewhere
run "$hromada" -D "$elsewhere" demo --incidents 1000; check 'another town' 0
ask() { python3 -c '
import socket, sys
s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1]); s.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
while b := s.recv(4096): sys.stdout.write(b.decode())' "$dir/web.sock" 2>&1; }
soon() { for _ in $(seq 100); do run ask; case $said in *"$1"*) break ;; esac; sleep 0.1; done; }
"$hromada" -D "$elsewhere" serve --listen "unix:$dir/web.sock" >"$dir/served" 2>"$dir/log" & serving=$!
for _ in $(seq 200); do [ -s "$dir/served" ] && break; sleep 0.05; done
soon 'ok release 1'; check 'its own release is served' 0 'HTTP/1.1 200' 'ok release 1'
cp "$elsewhere/town.pub" "$dir/its-key"; cp "$future/town.pub" "$elsewhere/town.pub"
soon 'not signed by this town'; check 'with other keys it is not' 0 'HTTP/1.1 503' 'not signed by this town'
echo nothing > "$elsewhere/town.pub"
soon 'not signed by this town'; check 'nor with keys that cannot be read' 0 'HTTP/1.1 503' 'not signed by this town'
rm "$elsewhere/town.pub"; mkdir "$elsewhere/town.pub"; sleep 2
run ask; check 'nor with something else in its place' 0 'HTTP/1.1 503' 'not signed by this town'
rmdir "$elsewhere/town.pub"; run "$hromada" -D "$elsewhere" publish; check 'publishing writes it anew' 0 'Release 2'
same 'as it was' "$(cat "$elsewhere/town.pub")" "$(cat "$dir/its-key")"
soon 'ok release 2'; check 'with its own it is' 0 'HTTP/1.1 200' 'ok release 2'
run "$hromada" -D "$elsewhere" publish --dry-run; check 'nothing would be new' 0 'The public would be told nothing that release 2 does not tell.'
rm "$elsewhere/keys/signing.key"; run "$hromada" -D "$elsewhere" keys rotate --lost; check 'a lost key is replaced' 0
run "$hromada" -D "$elsewhere" publish; check 'which signs the next release' 0 'Release 3' 'The public is told nothing that release 2 does not tell.'
soon 'ok release 3'; check 'that is served at once' 0 'HTTP/1.1 200' 'ok release 3'
kill "$serving"; wait "$serving" 2>/dev/null
echo "1..$n"
