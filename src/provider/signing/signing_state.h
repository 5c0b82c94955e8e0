/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of the provider's side of the signing process. */
#ifndef SIGNING_STATE_H
#define SIGNING_STATE_H

#include <stdatomic.h>
#include <sys/types.h>

#include "provider/signing/signing_channel.h"
#include "provider/signing/signing_process.h"

struct signing_process {
    signing_process_config config;
    signing_channel channels[SIGNING_CHANNELS];
    unsigned channel_count;
    pid_t pid;     /* 0: none; of the thread that mends */
    int control;   /* likewise */
    int64_t tried; /* monotonic milliseconds: when it was started last */
    atomic_bool works;
    atomic_uint_fast64_t starts; /* which of them keys belong to */
};

#endif
