/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets: one per loop, so that the kernel spreads connections over the loops. */
#ifndef LISTENER_H
#define LISTENER_H

#include "http/connection/event_loop.h"

typedef struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct listener *next;
    event_loop *loop;
} listener;

/* Closes a loop's listeners; they free themselves. */
void listeners_close(event_loop *loop);

#endif
