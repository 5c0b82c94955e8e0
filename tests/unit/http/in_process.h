/* SPDX-License-Identifier: Apache-2.0 */
/* A server without threads: its loop runs only while a client of the same thread talks to it, over
 * a Unix socket. For tests that count or break allocations, and for fuzzing. */
#ifndef IN_PROCESS_H
#define IN_PROCESS_H

#include "http/http.h"

typedef struct in_process {
    http_server *server;
    char path[64]; /* of the socket */
} in_process;

OST_MUST_CHECK ost_result in_process_start(const http_config *config, in_process *ret);

/* Connects, sends, says that there is no more, and lets the loop run until the server has closed
 * the connection, or nothing happens any more. What came back is put into `ret`, the rest of it is
 * dropped. Returns the number of bytes kept. */
size_t in_process_talk(in_process *p, ost_text sent, char *ret, size_t size);

/* The same without saying that there is no more; the connection stays open until it is closed.
 * Returns a descriptor, -1 on failure. */
int in_process_connect(in_process *p);
size_t in_process_exchange(in_process *p, int connection, ost_text sent, char *ret, size_t size);

void in_process_end(in_process *p);

#endif
