/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that go on in a pool; see call.h. */
#include "provider/call/call_use.h"

static void work(http_exchange *exchange, void *user)
{
    call *c = user;
    if (call_confirm_uses(c))
        c->work(c);
}

static void send(http_exchange *exchange, void *user)
{
    call *c = user;
    c->send(c);
}

void call_work(call *c, void (*do_work)(call *), void (*do_send)(call *))
{
    c->work = do_work;
    c->send = do_send;
    if (c->error.status != 0)
        do_send(c);
    else
        http_defer(c->exchange, work, send, c);
}

bool call_work_hashing(call *c, void (*do_work)(call *), void (*do_send)(call *))
{
    c->work = do_work;
    c->send = do_send;
    return http_defer_to(c->provider->hashing, c->exchange, work, send, c);
}
