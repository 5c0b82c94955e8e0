#!/bin/sh
# Makes a static library whose inner names are its own: a program may call its functions `wipe` or
# `digest`, and neither fails to link nor puts them in the place of ours.
#   script/lib/archive.sh AR OBJCOPY OUT.a PART.a... -- COMPILER [ARGUMENT]...
set -eu
ar=$1 objcopy=$2 out=$3
shift 3
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
"$objcopy" --localize-hidden "$whole/ostiary.o"
rm -f "$out"
"$ar" rcsD "$out" "$whole/ostiary.o"
