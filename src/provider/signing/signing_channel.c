/* SPDX-License-Identifier: Apache-2.0 */
/* Asking; see signing_channel.h. */
#include "provider/signing/signing_channel.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/text.h"

static ssize_t receive(signing_channel *c)
{
    ssize_t len;
    do
        len = recv(c->fd, c->packet, sizeof c->packet, 0);
    while (len < 0 && errno == EINTR);
    return len;
}

ost_result signing_channel_ask(signing_channel *c, const signing_request *request,
                               signing_reply *ret_reply)
{
    size_t len;
    ost_result result = signing_request_write(request, c->packet, &len);
    if (result != OST_OK)
        return result;
    ssize_t sent = send(c->fd, c->packet, len, MSG_NOSIGNAL);
    if (request->operation == SIGNING_ADD)
        wipe(c->packet, len);
    ssize_t received = sent == (ssize_t)len ? receive(c) : -1;
    return received > 0 && signing_reply_read(c->packet, (size_t)received, ret_reply) == OST_OK
               ? OST_OK
               : OST_E_REMOTE;
}
