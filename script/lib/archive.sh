#!/bin/sh
# Makes a static library whose inner names are its own: a program may call its functions `wipe` or
# `digest`, and neither fails to link nor puts them in the place of ours.
#   script/lib/archive.sh OUT.a PART.a... -- COMPILER [ARGUMENT]...
set -eu
out=$1
shift
whole=$(mktemp -d)
trap 'rm -rf "$whole"' EXIT
parts=''
while [ "$1" != -- ]; do
    parts="$parts $1"
    shift
done
shift
# shellcheck disable=SC2086
"$@" -r -nostdlib -o "$whole/ostiary.o" -Wl,--whole-archive $parts
"${OBJCOPY:-objcopy}" --localize-hidden "$whole/ostiary.o"
rm -f "$out"
"${AR:-ar}" rcsD "$out" "$whole/ostiary.o"
