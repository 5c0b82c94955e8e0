#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs a test program of cmocka's, and has it leave its report in a folder of the program's own, for groups
# of several programs may have one name, and cmocka leaves a report that is there already as it is.
#   script/lib/cmocka_report.sh FOLDER PROGRAM [ARGUMENT]...
set -eu
folder=$1/$(basename "$2")
shift
mkdir -p "$folder"
export CMOCKA_MESSAGE_OUTPUT=xml CMOCKA_XML_FILE="$folder/%g.xml"
exec "$@"
