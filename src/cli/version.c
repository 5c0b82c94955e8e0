/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary version`. */
#include <stdio.h>

#include "cli/command.h"

static int run(const option_values *values)
{
    printf("ostiary %s\n", ost_version());
    return EXIT_DONE;
}

static const option options[] = {{0}};
const command command_version = {
    .words = "version",
    .operands = "",
    .summary = "Print the version.",
    .options = options,
    .run = run,
};
