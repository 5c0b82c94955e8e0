/* SPDX-License-Identifier: Apache-2.0 */
/* Gathers responses; see output.h. */
#include "http/connection/output.h"

#include <string.h>

#include "base/text.h"
#include "http/connection/socket_write.h"
#include "http/connection/tls.h"

bool output_blocked(const connection *c)
{
    return socket_blocked(c);
}

/* Sends the staged bytes and `text` after them. */
static void send_staged(connection *c, ost_text text)
{
    event_loop *loop = c->loop;
    ost_text staged = {loop->staging, loop->staged};
    loop->staged = 0;
    if (c->tls == NULL)
        socket_write(c, staged, text);
    else if (!c->client.closing && !c->aborting &&
             (!tls_write(c->tls, staged) || !tls_write(c->tls, text)))
        c->aborting = true;
    wipe(loop->staging, staged.len);
}

void output_write(connection *c, ost_text text)
{
    event_loop *loop = c->loop;
    if (text.len <= STAGING_SIZE - loop->staged) {
        memcpy(loop->staging + loop->staged, text.len > 0 ? text.data : "", text.len);
        loop->staged += text.len;
        return;
    }
    send_staged(c, text);
}

void output_flush(connection *c)
{
    if (c->loop->staged > 0)
        send_staged(c, OST_TEXT(""));
    if (c->tls != NULL)
        tls_flush(c->tls);
}
