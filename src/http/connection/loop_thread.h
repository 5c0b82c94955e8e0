/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of an event loop: how it begins, what it does at each tick, what comes back to it from
 * other threads, and how it ends. */
#ifndef LOOP_THREAD_H
#define LOOP_THREAD_H

#include "http/connection/event_loop.h"

OST_MUST_CHECK ost_result loop_init(event_loop *loop, http_server *server);
OST_MUST_CHECK ost_result loop_start(event_loop *loop, ost_error *error);
/* The loop looks up: for returned exchanges, and whether the server is stopping. Any thread. */
void loop_wake(event_loop *loop);
void loop_join(event_loop *loop);
/* After join, or instead of start. */
void loop_free(event_loop *loop);

#endif
