#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a static library whose inner names are its own: a program may call its functions `wipe` or
# `digest`, and neither fails to link nor puts them in the place of ours. Its one object stays beside it:
# the shared library is linked from the same.
#   script/lib/archive.sh AR OBJCOPY OUT.a OUT.o PART.a... -- COMPILER [ARGUMENT]...
# With -save-temps among the arguments the parts are GCC's for LTO, and are optimized as a whole here.
set -eu
ar=$1 objcopy=$2 out=$3 object=$4
shift 4
parts=''
while [ "$1" != -- ]; do
    parts="$parts $1"
    shift
done
shift
# shellcheck disable=SC2086
case " $* " in
*' -save-temps '*)
    # As for a shared library: then GCC knows that nobody calls a hidden function from outside. (With -r it
    # does not, and the result is a third larger.) What it has compiled is kept, the rest goes.
    folder=$object.parts
    trap 'rm -rf "$folder"' EXIT
    rm -rf "$folder"
    mkdir -p "$folder"
    # Debug information stays out: GCC leaves half of it in files beside the parts, to which the other half would refer.
    "$@" -g0 -shared -nostdlib -o "$folder/whole.so" -Wl,--whole-archive $parts
    "$@" -g0 -r -nostdlib -o "$object" "$folder"/whole.so.ltrans*.ltrans.o
    ;;
*) "$@" -r -nostdlib -o "$object" -Wl,--whole-archive $parts ;;
esac
"$objcopy" --localize-hidden "$object"
rm -f "$out"
"$ar" rcsD "$out" "$object"
