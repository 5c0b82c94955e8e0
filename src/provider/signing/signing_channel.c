/* SPDX-License-Identifier: Apache-2.0 */
/* Asking; see signing_channel.h. */
#include "provider/signing/signing_channel.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/text.h"

void signing_channel_begin(signing_channel *c)
{
    c->len = 0;
    c->count = 0;
    c->is_secret = false;
    c->rest = (ost_text){0};
}

ost_result signing_channel_add(signing_channel *c, const signing_request *request)
{
    if (c->count == SIGNING_TOGETHER)
        return OST_E_CEILING;
    ost_result result = signing_request_add(request, c->packet, &c->len);
    if (result != OST_OK)
        return result;
    c->count++;
    c->is_secret |= request->operation == SIGNING_ADD;
    return OST_OK;
}

static ssize_t receive(signing_channel *c)
{
    ssize_t len;
    do
        len = recv(c->fd, c->packet, sizeof c->packet, 0);
    while (len < 0 && errno == EINTR);
    return len;
}

ost_result signing_channel_ask(signing_channel *c)
{
    ssize_t sent = send(c->fd, c->packet, c->len, MSG_NOSIGNAL);
    if (c->is_secret)
        wipe(c->packet, c->len);
    ssize_t received = sent == (ssize_t)c->len ? receive(c) : -1;
    if (received <= 0)
        return OST_E_REMOTE;
    c->rest = (ost_text){(const char *)c->packet, (size_t)received};
    return OST_OK;
}

ost_result signing_channel_next(signing_channel *c, signing_reply *ret_reply)
{
    if (c->count == 0 || signing_reply_next(&c->rest, ret_reply) != OST_OK)
        return OST_E_REMOTE;
    c->count--;
    return c->count > 0 || c->rest.len == 0 ? OST_OK : OST_E_REMOTE;
}
