/* SPDX-License-Identifier: Apache-2.0 */
/* `ostiary signing-process`: what `provider start --signing-process` runs beside itself. */
#include <sys/socket.h>

#include "cli/command.h"
#include "provider/signing/signing_child.h"

static int run(const option_values *values)
{
    int type = 0;
    socklen_t len = sizeof type;
    (void)values;
    if (getsockopt(SIGNING_CONTROL, SOL_SOCKET, SO_TYPE, &type, &len) != 0 ||
        type != SOCK_SEQPACKET)
        return command_usage_error("signing-process is started by provider start");
    return signing_child_run();
}

static const option options[] = {{0}};

const command command_signing_process = {
    .words = "signing-process",
    .operands = "",
    .summary = "Hold private keys and sign; started by provider start --signing-process.",
    .options = options,
    .run = run,
};
