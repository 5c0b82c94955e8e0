/* SPDX-License-Identifier: Apache-2.0 */
/* Starting the signing process: a program of its own, so that it shares no memory with the
 * provider, and can be started anew beside the provider's threads. */
#ifndef SIGNING_SPAWN_H
#define SIGNING_SPAWN_H

#include <sys/types.h>

#include "provider/signing/signing_child.h"

/* Starts the command, gives it `count` sockets, of which ret_fds are the other ends, and waits
 * until it is ready. It has an empty environment, and of the provider's files the standard error
 * alone. When the end of *ret_control is closed, it ends. */
OST_MUST_CHECK ost_result signing_spawn(const char *const *command, int *ret_fds, unsigned count,
                                        pid_t *ret_pid, int *ret_control, signing_ready *ret_ready,
                                        ost_error *error);

#endif
