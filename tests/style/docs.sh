#!/bin/sh
# Man pages are well-formed, every relative link in a Markdown file leads to a file that is there, and the manual lists the columns
# that the profile generic reads.
cd "${HROMADA_SOURCE:?}" || exit 1
echo 1..3
if ! command -v mandoc >/dev/null; then echo "ok 1 - man pages # SKIP mandoc is not installed"
elif said=$(mandoc -T lint -W warning doc/*.[1-8] 2>&1); then echo "ok 1 - man pages"
else echo "not ok 1 - man pages"; printf '%s\n' "$said" | sed 's/^/# /'; fi
broken=
for page in $(git ls-files '*.md' 2>/dev/null || ls ./*.md doc/*.md); do
    # shellcheck disable=SC2013  # a link has no blanks
    for link in $(grep -o '](\([^)#]*\)' "$page" | sed 's/^](//' | grep -v '^[a-z]*:'); do
        [ -e "$(dirname "$page")/$link" ] || broken="$broken $page:$link"
    done
done
if [ -z "$broken" ]; then echo "ok 2 - links in Markdown"; else echo "not ok 2 - links in Markdown:$broken"; fi

# "@lon" and "@lat" are the point of a feature, not columns.
read=$(grep -o '{[^}]*}' profiles/generic.profile | tr -d '{}' | sed 's/:.*//' | tr '|' '\n' | sed 's/ //g' | grep -v '^@' | sort -u)
told=$(sed -n '/^\.Sh THE PROFILE generic/,/^\.El/s/^\.It Li //p' doc/hromada-profile.5 | sort -u)
if [ "$read" = "$told" ]; then echo "ok 3 - columns of the profile generic"
else echo "not ok 3 - columns of the profile generic"; printf '%s\n' "it reads:" "$read" "hromada-profile.5 lists:" "$told" | sed 's/^/# /'; fi
