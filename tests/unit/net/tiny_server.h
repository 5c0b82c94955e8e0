/* SPDX-License-Identifier: Apache-2.0 */
/* A small HTTP/1.1 server within a test: a thread for each connection on 127.0.0.1, one request on
 * each. What it answers is the test's business, down to the bytes. */
#ifndef TINY_SERVER_H
#define TINY_SERVER_H

#include <stdbool.h>
#include <stddef.h>

typedef struct tiny_server tiny_server;

typedef struct tiny_request {
    tiny_server *server;
    int socket;
    char method[16];
    char path[512];
    char head[8192]; /* the whole head, with its empty line */
    char body[4096];
} tiny_request;

typedef void (*tiny_handler)(const tiny_request *request, void *user);

/* NULL when the machine refuses. */
tiny_server *tiny_server_start(tiny_handler handler, void *user);
unsigned tiny_server_port(const tiny_server *server);
/* "http://127.0.0.1:PORT" + path, in a buffer that the next calls reuse in turn. */
const char *tiny_server_url(const tiny_server *server, const char *path);
/* Ends the connections, also those that a handler is busy with. */
void tiny_server_stop(tiny_server *server);

/* Answers. `fields` are lines that end in CR LF, or "". */
void tiny_reply(const tiny_request *request, int status, const char *fields, const char *body);
void tiny_send(const tiny_request *request, const void *bytes, size_t len);
/* Waits, but not longer than until the server is stopped. */
void tiny_pause(const tiny_request *request, unsigned milliseconds);

#endif
