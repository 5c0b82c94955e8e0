/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to the socket: the usual response is one uv_try_write, and only what the socket refuses is
 * copied and waits. */
#include "http/connection/socket_write.h"

#include "http/connection/server_state.h"

#define OUTPUT_CEILING ((size_t)256 << 20) /* several of the largest responses, TLS included */

bool socket_blocked(const connection *c)
{
    return c->sending.len > 0 || c->pending.len > 0;
}

static void fail(connection *c)
{
    c->aborting = true;
}

static void on_written(uv_write_t *request, int status);

static void start_write(connection *c)
{
    uv_buf_t bytes = uv_buf_init(c->sending.data, (unsigned)c->sending.len);
    c->write.data = c;
    if (uv_write(&c->write, &c->socket.stream, &bytes, 1, on_written) != 0) {
        buffer_clear(&c->sending);
        fail(c);
    }
}

static void on_written(uv_write_t *request, int status)
{
    connection *c = request->data;
    c->loop->released += c->sending.len;
    buffer_free(&c->sending);
    if (c->client.closing)
        return;
    if (status != 0)
        fail(c);
    if (c->pending.len > 0 && !c->aborting) {
        buffer done = c->sending;
        c->sending = c->pending;
        c->pending = done;
        start_write(c);
    }
    c->drained(c);
}

/* Keeps what the socket did not take. */
static void keep(connection *c, buffer *where, ost_text first, ost_text second)
{
    if (where->ceiling == 0)
        buffer_init(where, OUTPUT_CEILING);
    buffer_append(where, first);
    buffer_append(where, second);
    if (where->failed != OST_OK)
        fail(c);
}

void socket_write(connection *c, ost_text first, ost_text second)
{
    if (c->client.closing || c->aborting || first.len + second.len == 0)
        return;
    if (c->sending.len > 0) {
        keep(c, &c->pending, first, second);
        return;
    }
    uv_buf_t buffers[2] = {
        {.base = (char *)(uintptr_t)first.data, .len = first.len},
        {.base = (char *)(uintptr_t)second.data, .len = second.len},
    };
    int written = uv_try_write(&c->socket.stream, buffers, second.len > 0 ? 2 : 1);
    if (written < 0 && written != UV_EAGAIN) {
        fail(c);
        return;
    }
    size_t sent = written < 0 ? 0 : (size_t)written;
    if (sent == first.len + second.len)
        return;
    size_t of_first = sent < first.len ? sent : first.len;
    keep(c, &c->sending, (ost_text){first.data + of_first, first.len - of_first},
         (ost_text){second.data + (sent - of_first), second.len - (sent - of_first)});
    c->unsent = c->sending.len;
    c->unsent_due = event_loop_now(c->loop) + c->loop->server->service.limits.idle_timeout * 1000u;
    if (!c->aborting)
        start_write(c);
}
