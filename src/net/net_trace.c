/* SPDX-License-Identifier: Apache-2.0 */
/* Who hears of fetches; see net_trace.h. */
#include "net/net_trace.h"

#include <stdatomic.h>
#include <stddef.h>

typedef void net_listener(const net_span *span, void *user);

static _Atomic(net_listener *) listener;
static _Atomic(void *) listener_user;

void net_trace_listen(net_listener *ended, void *user)
{
    atomic_store(&listener_user, user);
    atomic_store(&listener, ended);
}

void net_trace_tell(const net_span *span)
{
    net_listener *call = atomic_load(&listener);
    if (call != NULL)
        call(span, atomic_load(&listener_user));
}
