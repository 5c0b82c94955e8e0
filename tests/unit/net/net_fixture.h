/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP client, and a server that is slow, large, wrong or gone, by the path that is asked for.
 */
#ifndef NET_FIXTURE_H
#define NET_FIXTURE_H

#include <semaphore.h>
#include <stdatomic.h>

#include "net/net.h"
#include "test.h"
#include "tiny_server.h"

extern atomic_int requests; /* that have come to the server */
extern char tunnel[8192];   /* the last head that asked for one */

typedef struct outcome {
    sem_t ended;
    int calls;
    ost_result result;
    long status, max_age, retry_after;
    char body[16384], detail[256], type[64];
} outcome;

typedef struct fixture {
    tiny_server *server;
    net_client *client;
    outcome seen;
} fixture;

int set_up(void **state);
int tear_down(void **state);

/* The function that ends a request: fills the outcome that `user` is. */
void on_end(const net_response *response, void *user);

/* The result of a request, when it has ended. */
ost_result fetch(fixture *f, net_request request);
ost_result get(fixture *f, const char *path);

#endif
