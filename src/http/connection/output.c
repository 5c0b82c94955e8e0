/* Writes to the socket. The usual response is one uv_try_write from the staging area; only what the
 * socket refuses is copied and waits. */
#include "http/connection/output.h"

#include <string.h>

#include "base/text.h"
#include "http/connection/tls.h"

#define OUTPUT_CEILING ((size_t)256 << 20) /* several of the largest responses, TLS included */

bool output_blocked(const connection *c)
{
    return c->sending.len > 0 || c->pending.len > 0;
}

/* ---- below TLS ---- */

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
    buffer_free(&c->sending);
    if (c->closing)
        return;
    if (status != 0)
        fail(c);
    if (c->pending.len > 0 && !c->aborting) {
        buffer done = c->sending;
        c->sending = c->pending;
        c->pending = done;
        start_write(c);
    }
    connection_advance(c);
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

void output_send(connection *c, ost_text first, ost_text second)
{
    if (c->closing || c->aborting || first.len + second.len == 0)
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
    c->unsent_since = event_loop_now(c->loop);
    if (!c->aborting)
        start_write(c);
}

/* ---- above ---- */

/* Sends the staged bytes and `text` after them. */
static void send_staged(connection *c, ost_text text)
{
    event_loop *loop = c->loop;
    ost_text staged = {loop->staging, loop->staged};
    loop->staged = 0;
    if (c->tls == NULL)
        output_send(c, staged, text);
    else if (!c->closing && !c->aborting &&
             (!tls_write(c->tls, staged) || !tls_write(c->tls, text)))
        fail(c);
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
        send_staged(c, (ost_text){"", 0});
    if (c->tls != NULL)
        tls_flush(c->tls);
}
