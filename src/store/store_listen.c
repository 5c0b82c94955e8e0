/* SPDX-License-Identifier: Apache-2.0 */
/* Being told of changes; see store_listen.h. */
#include "store/store_listen.h"

#include "store/driver.h"

ost_result store_listen(store *s, void (*changed)(void *user), void *user)
{
    return s->driver->listen != NULL ? s->driver->listen(s, changed, user) : OST_OK;
}

void store_listen_end(store *s)
{
    if (s->driver->listen_end != NULL)
        s->driver->listen_end(s);
}
