#!/bin/bash
# Signed releases as a person meets them: a key that is made by itself, what a reader verifies with the files and a key alone,
# and a policy that passes below a floor because the town has signed it. OpenSSL, which we did not write, judges the signature.
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
key_of() { "$hromada" -D "$1" --json keys 2>/dev/null | sed 's/.*"public_key":"\([0-9a-f]*\)".*/\1/'; }
town=$dir/town
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
put() { printf '%s\ntier public\n    delay 1 day\n    class street ordinary points\n' "$1" >"$policy"; }
put '# nothing'
run "$hromada" -D "$town" publish; check 'below a floor' 1 'falls below the floor "delay"'
put "exception delay \"Thefts are to be seen at once.\" by \"O. Hnatiuk, mayor\" until $until"
run "$hromada" -D "$town" publish; check 'an exception that nobody signed' 1 'policy.txt.sig is not there' 'sign-policy'
run "$hromada" -D "$town" keys sign-policy "$policy"; check 'is not signed in passing' 1 'nothing was signed' 'nothing is told before 7 days' 'O. Hnatiuk'
run "$hromada" -D "$town" keys sign-policy --yes "$policy"; check 'is signed when it is meant' 0 'Line 3 passes it' 'policy.txt.sig is written'
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
run "$hromada" -D "$town" publish; check 'signs the next release' 0 'Release 3'
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
echo "1..$n"
