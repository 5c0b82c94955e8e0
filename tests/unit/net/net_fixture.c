/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of the HTTP client begin with; see net_fixture.h. */
#include "net_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"

atomic_int requests;
char tunnel[8192];

static void send_forever(const tiny_request *request, const char *start, const char *piece,
                         int pieces)
{
    tiny_send(request, start, strlen(start));
    for (int i = 0; i < pieces; i++)
        tiny_send(request, piece, strlen(piece));
}

static void echo(const tiny_request *request)
{
    char body[sizeof request->head + sizeof request->body];
    snprintf(body, sizeof body, "%s%s", request->head, request->body);
    tiny_reply(request, 200, "Content-Type: text/plain\r\n", body);
}

/* gzip without a word having been said about it: of a document, or of eight megabytes. */
static void send_coded(const tiny_request *request, const char *coding)
{
    static const char document[] = "{\"keys\":[]}";
    bool bomb = strcmp(coding, "bomb") == 0;
    size_t len = bomb ? (size_t)8 << 20 : sizeof document - 1;
    char *plain = calloc(1, len + 1);
    unsigned char *coded = malloc(len + 100);
    char head[256];
    if (!bomb)
        memcpy(plain, document, len);
    z_stream z = {.next_in = (unsigned char *)plain,
                  .avail_in = (uInt)len,
                  .next_out = coded,
                  .avail_out = (uInt)len + 100};
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    int size = snprintf(head, sizeof head,
                        "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %lu\r\n\r\n",
                        bomb ? "gzip" : coding, z.total_out);
    tiny_send(request, head, (size_t)size);
    tiny_send(request, coded, z.total_out);
    deflateEnd(&z);
    free(plain);
    free(coded);
}

static void answer(const tiny_request *request, void *user)
{
    static char kilobyte[1025];
    const char *path = request->path;
    memset(kilobyte, 'x', 1024);
    atomic_fetch_add(&requests, 1);
    if (strcmp(request->method, "CONNECT") == 0) {
        snprintf(tunnel, sizeof tunnel, "%s", request->head);
        tiny_reply(request, 403, "Cache-Control: max-age=77\r\n", "no");
    } else if (strcmp(path, "/echo") == 0)
        echo(request);
    else if (strcmp(path, "/unchanged") == 0)
        tiny_reply(request, 304, "", "");
    else if (strcmp(path, "/redirect") == 0)
        tiny_reply(request, 302, "Location: http://127.0.0.1:1/secret\r\n", "");
    else if (strcmp(path, "/missing") == 0)
        tiny_reply(request, 404, "", "no");
    else if (strcmp(path, "/large") == 0)
        send_forever(request, "HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n", kilobyte,
                     10240);
    else if (strcmp(path, "/endless") == 0)
        send_forever(request, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                     "10\r\nyyyyyyyyyyyyyyyy\r\n", 200000);
    else if (strcmp(path, "/headers") == 0)
        send_forever(request, "HTTP/1.1 200 OK\r\n", "X-More: zzzzzzzzzzzzzzzzzzzzzzzzzzzzz\r\n",
                     100000);
    else if (strcmp(path, "/slow") == 0)
        tiny_pause(request, 10000);
    else if (strcmp(path, "/short") == 0)
        tiny_send(request, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", 41);
    else if (strcmp(path, "/garbage") == 0)
        tiny_send(request, "hello\r\n\r\n", 9);
    else if (strncmp(path, "/coded/", 7) == 0)
        send_coded(request, path + 7);
    else if (strcmp(path, "/limited") == 0)
        tiny_reply(request, 429, "Retry-After: 17\r\n", "");
    else if (strncmp(path, "/age", 4) == 0)
        tiny_reply(request, 200,
                   strcmp(path, "/age1") == 0   ? "cache-control: No-Cache, Max-Age=77 , x\r\n"
                   : strcmp(path, "/age2") == 0 ? "Cache-Control: max-age=99999999999999999999\r\n"
                   : strcmp(path, "/age3") == 0 ? "Cache-Control: xmax-age=5, max-age=-1\r\n"
                                                : "Cache-Control: no-store\r\n",
                   "{}");
}

void on_end(const net_response *response, void *user)
{
    outcome *seen = user;
    seen->calls++;
    seen->result = response->result;
    seen->status = response->status;
    seen->max_age = response->max_age;
    seen->retry_after = response->retry_after;
    text_to_string(response->body, seen->body, sizeof seen->body);
    text_to_string(response->content_type, seen->type, sizeof seen->type);
    snprintf(seen->detail, sizeof seen->detail, "%s", response->detail);
    sem_post(&seen->ended);
}

int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    sem_init(&f->seen.ended, 0, 0);
    f->server = tiny_server_start(answer, NULL);
    *state = f;
    return f->server != NULL && net_client_new(0, &f->client) == OST_OK ? 0 : -1;
}

int tear_down(void **state)
{
    fixture *f = *state;
    net_client_free(f->client);
    tiny_server_stop(f->server);
    sem_destroy(&f->seen.ended);
    free(f);
    return 0;
}

ost_result fetch(fixture *f, net_request request)
{
    ost_error error = {0};
    f->seen.calls = 0;
    assert_int_equal(net_fetch(f->client, &request, on_end, &f->seen, &error), OST_OK);
    sem_wait(&f->seen.ended);
    assert_int_equal(f->seen.calls, 1);
    return f->seen.result;
}

ost_result get(fixture *f, const char *path)
{
    return fetch(f, (net_request){.url = tiny_server_url(f->server, path)});
}
