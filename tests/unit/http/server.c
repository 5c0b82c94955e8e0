/* SPDX-License-Identifier: Apache-2.0 */
/* The engine as a whole, in one thread: what a request costs, what happens when memory runs out at
 * any moment, that one exchange never sees another's memory, and configurations that are refused.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "http/connection/event_loop.h"
#include "http/connection/server_state.h"
#include "in_process.h"
#include "test.h"

static void hello(http_exchange *x, void *user)
{
    http_respond(x, 200, "application/json", OST_TEXT("{\"message\":\"hello\"}"));
}

/* Uses what a handler may use. */
static void busy(http_exchange *x, void *user)
{
    const http_request *request = http_request_of(x);
    http_form form;
    if (http_form_read(request->body, http_arena(x), &form) != OST_OK ||
        http_set_field(x, "X-Name", http_form_get(&form, "name")) != OST_OK ||
        http_add_field(x, "Set-Cookie", OST_TEXT("a=b")) != OST_OK) {
        http_respond(x, 500, NULL, (ost_text){"", 0});
        return;
    }
    ost_json_writer *writer = ost_json_writer_new(http_arena(x), 0);
    if (writer != NULL) {
        ost_json_open_object(writer);
        ost_json_member_text(writer, "path", request->path);
        ost_json_close_object(writer);
    }
    http_respond_json(x, 200, writer);
}

static void resumed(http_exchange *x, void *user)
{
    http_respond(x, 200, "text/plain", http_request_of(x)->path);
}

static void suspended(http_exchange *x, void *user)
{
    http_suspend(x);
    http_resume(x, resumed, NULL);
}

static void no_work(http_exchange *x, void *user) {}

static void deferred(http_exchange *x, void *user)
{
    http_defer(x, no_work, resumed, NULL);
}

static void gathered(http_exchange *x, void *user)
{
    http_gather(x, resumed, x);
}

static size_t together_most, together_all;

static void note_together(void *const *users, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_non_null(users[i]);
    together_all += count;
    together_most = count > together_most ? count : together_most;
}

static void large(http_exchange *x, void *user)
{
    static char body[3000000];
    http_respond(x, 200, "text/plain", (ost_text){body, sizeof body});
}

/* The arena's memory must be zero, and stays dirty. */
static void dirty(http_exchange *x, void *user)
{
    unsigned char *memory = ost_arena_alloc(http_arena(x), 3000);
    assert_non_null(memory);
    for (size_t i = 0; i < 3000; i++)
        assert_int_equal(memory[i], 0);
    memset(memory, 0xaa, 3000);
    http_respond(x, 200, NULL, (ost_text){"", 0});
}

static const http_route routes[] = {
    {.method = HTTP_GET, .path = "/hello", .handler = hello},
    {.method = HTTP_POST, .path = "/busy/{id}", .handler = busy},
    {.method = HTTP_GET, .path = "/suspended", .handler = suspended},
    {.method = HTTP_GET, .path = "/deferred", .handler = deferred},
    {.method = HTTP_GET, .path = "/gathered", .handler = gathered},
    {.method = HTTP_GET, .path = "/large", .handler = large},
    {.method = HTTP_GET, .path = "/dirty", .handler = dirty},
};

static const http_field headers[] = {{{"X-Frame-Options", 15}, {"DENY", 4}}};
static const char *const trusted[] = {"unix", "10.0.0.0/8"};

static const http_config config = {
    .routes = routes,
    .route_count = ARRAY_LEN(routes),
    .headers = headers,
    .header_count = 1,
    .trusted_proxies = trusted,
    .trusted_proxy_count = 2,
    .together = note_together,
};

static char answer[100000];

static const char *talk(in_process *p, ost_text sent)
{
    size_t len = in_process_talk(p, sent, answer, sizeof answer - 1);
    answer[len] = '\0';
    return answer;
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static const char h2[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                         "\0\0\0\4\0\0\0\0\0"
                         "\0\0\x11\1\5\0\0\0\1"
                         "\x82\x86\x41\x01"
                         "a\x04\x0a/suspended";

static void answers(void **state)
{
    in_process p;
    assert_int_equal(in_process_start(&config, &p), OST_OK);
    assert_non_null(strstr(talk(&p, OST_TEXT(GET("/hello"))), "{\"message\":\"hello\"}"));
    assert_non_null(strstr(talk(&p, OST_TEXT(GET("/suspended"))), "\r\n\r\n/suspended"));
    /* There is no pool before the start. */
    assert_non_null(strstr(talk(&p, OST_TEXT(GET("/deferred"))), "HTTP/1.1 503 "));
    http_counters counters;
    http_server_counters(p.server, &counters);
    assert_int_equal(counters.requests, 3);
    assert_int_equal(counters.connections, 3);
    assert_int_equal(counters.open_connections, 0);
    assert_int_equal(counters.responses_2xx, 2);
    assert_int_equal(counters.responses_5xx, 1);
    uint64_t timed = 0;
    for (size_t i = 0; i < HTTP_DURATIONS; i++)
        timed += counters.durations[i];
    assert_int_equal(timed, 3);
    assert_int_equal(counters.certificate_expiry, 0);
    size_t len = in_process_talk(&p, (ost_text){h2, sizeof h2 - 1}, answer, sizeof answer);
    assert_non_null(memmem(answer, len, "/suspended", 10));
    talk(&p, OST_TEXT("nonsense\r\n\r\n"));
    http_server_counters(p.server, &counters);
    assert_int_equal(counters.refused_requests, 1);
    in_process_end(&p);
}

/* Streams of one connection are read in one go: they wait for each other, up to a limit. */
static void gathers(void **state)
{
    enum { STREAMS = HTTP_TOGETHER + 2 };
    static const char head[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                               "\0\0\0\4\0\0\0\0\0";
    char sent[sizeof head + STREAMS * 32];
    size_t len = sizeof head - 1, found = 0;
    in_process p;
    memcpy(sent, head, len);
    for (int i = 0; i < STREAMS; i++) {
        const char frame[] = "\0\0\x10\1\5\0\0\0\1\x82\x86\x41\x01"
                             "a\x04\x09/gathered";
        memcpy(sent + len, frame, sizeof frame - 1);
        sent[len + 8] = (char)(2 * i + 1);
        len += sizeof frame - 1;
    }
    together_most = together_all = 0;
    assert_int_equal(in_process_start(&config, &p), OST_OK);
    size_t got = in_process_talk(&p, (ost_text){sent, len}, answer, sizeof answer);
    for (const char *at = answer; (at = memmem(at, got - (size_t)(at - answer), "/gathered", 9));)
        at++, found++;
    assert_int_equal(found, STREAMS);
    assert_int_equal(together_all, STREAMS);
    assert_int_equal(together_most, HTTP_TOGETHER);
    assert_non_null(strstr(talk(&p, OST_TEXT(GET("/gathered") GET("/gathered"))), "/gathered"));
    assert_int_equal(together_all, STREAMS + 2);
    in_process_end(&p);
}

/* In steady state a request on a kept connection costs no allocation at all. */
static void allocates_nothing(void **state)
{
    static const char request[] =
        "GET /hello HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer abc\r\n\r\n"
        "POST /busy/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nname=x" GET("/suspended")
            GET("/gathered");
    in_process p;
    assert_int_equal(in_process_start(&config, &p), OST_OK);
    int connection = in_process_connect(&p);
    assert_true(connection >= 0);
    for (int i = 0; i < 3; i++)
        in_process_exchange(&p, connection, (ost_text){request, sizeof request - 1}, answer,
                            sizeof answer);
    uint64_t before = memory_count();
    for (int i = 0; i < 100; i++) {
        size_t len = in_process_exchange(&p, connection, (ost_text){request, sizeof request - 1},
                                         answer, sizeof answer);
        assert_true(len > 300);
    }
    assert_int_equal(memory_count(), before);
    close(connection);
    in_process_end(&p);
}

static void memory_is_wiped_between_requests(void **state)
{
    in_process p;
    assert_int_equal(in_process_start(&config, &p), OST_OK);
    for (int i = 0; i < 5; i++)
        assert_non_null(strstr(talk(&p, OST_TEXT(GET("/dirty") GET("/dirty"))), "200 OK"));
    in_process_end(&p);
}

/* A new server's allocations for one conversation, the n-th of which fails (0: none). Afterwards
 * the server must answer as if nothing had been. */
static uint64_t allocations_of(ost_text request, uint64_t n)
{
    in_process p;
    assert_int_equal(in_process_start(&config, &p), OST_OK);
    uint64_t before = memory_count();
    memory_fail_at(n);
    talk(&p, request);
    memory_fail_at(0);
    uint64_t needed = memory_count() - before;
    while (p.server->loops[0].accept_again) { /* at the next tick */
        usleep(10000);
        uv_run(&p.server->loops[0].uv, UV_RUN_NOWAIT);
    }
    assert_non_null(strstr(talk(&p, OST_TEXT(GET("/hello"))), "{\"message\":\"hello\"}"));
    in_process_end(&p);
    return needed;
}

/* Each allocation fails once, in turn: no crash, no leak (the sanitizers look), and the server
 * still answers afterwards. */
static void survives_without_memory(void **state)
{
    static char body[20000];
    int head = snprintf(body, sizeof body,
                        "POST /busy/1 HTTP/1.1\r\nHost: a\r\nForwarded: for=1.2.3.4;host=b\r\n"
                        "Content-Length: 15000\r\n\r\nname=");
    memset(body + head, 'x', sizeof body - (size_t)head);
    const ost_text requests[] = {
        OST_TEXT(GET("/hello") GET("/suspended") GET("/gathered") GET("/large") GET("/nowhere")),
        {body, (size_t)head + 14995},
        OST_TEXT("POST /busy/2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "6\r\nname=y\r\n0\r\n\r\n"),
        {h2, sizeof h2 - 1},
    };
    for (size_t r = 0; r < ARRAY_LEN(requests); r++) {
        uint64_t needed = allocations_of(requests[r], 0);
        assert_true(needed > 5 && needed < 500);
        for (uint64_t n = 1; n <= needed; n++)
            allocations_of(requests[r], n);
    }
}

static void server_cannot_be_made_without_memory(void **state)
{
    ost_result result = OST_E_MEMORY;
    for (uint64_t n = 1; result != OST_OK; n++) {
        http_server *server = NULL;
        ost_error error = {0};
        memory_fail_at(n);
        result = http_server_new(&config, &server, &error);
        memory_fail_at(0);
        if (result == OST_OK) {
            http_server_free(server);
        } else {
            assert_null(server);
            assert_int_equal(result, OST_E_MEMORY);
            assert_int_not_equal(error.detail[0], '\0');
        }
        assert_true(n < 1000);
    }
}

static void refused_config(const http_config *wrong)
{
    http_server *server = NULL;
    ost_error error = {0};
    assert_int_equal(http_server_new(wrong, &server, &error), OST_E_CONFIG);
    assert_null(server);
    assert_int_not_equal(error.detail[0], '\0');
}

static void bad_configurations(void **state)
{
    static const http_field split[] = {{OST_TEXT("X"), OST_TEXT("a\r\nb: c")}};
    static const http_field reserved[] = {{OST_TEXT("Content-Length"), OST_TEXT("5")}};
    static const char *const no_address[] = {"proxy.example"};
    refused_config(&(http_config){.headers = split, .header_count = 1});
    refused_config(&(http_config){.headers = reserved, .header_count = 1});
    refused_config(&(http_config){.trusted_proxies = no_address, .trusted_proxy_count = 1});
    refused_config(&(http_config){.tls_certificate = "only.pem"});
    refused_config(&(http_config){.tls_key = "only.pem"});
    refused_config(
        &(http_config){.tls_certificate = "/nowhere/a.pem", .tls_key = "/nowhere/a.key"});
}

static void calls_out_of_order(void **state)
{
    http_server *server = NULL;
    ost_error error;
    assert_int_equal(http_server_new(&config, &server, &error), OST_OK);
    unsigned port = 0;
    assert_int_equal(http_server_listen(server, "127.0.0.1", 0, &port, &error), OST_OK);
    assert_true(port > 0);
    assert_int_equal(http_server_listen(server, "127.0.0.1", 70000, NULL, &error), OST_E_ARGUMENT);
    assert_int_equal(http_server_listen(server, "localhost", 1, NULL, &error), OST_E_ARGUMENT);
    assert_int_equal(http_server_listen(server, "127.0.0.1", port, NULL, &error), OST_E_SYSTEM);
    assert_int_equal(http_server_start(server, &error), OST_OK);
    assert_int_equal(http_server_start(server, &error), OST_E_STATE);
    assert_int_equal(http_server_listen(server, "127.0.0.1", 0, NULL, &error), OST_E_STATE);
    http_server_stop(server);
    http_server_stop(server);
    http_server_join(server);
    http_server_free(server);
    http_server_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(gathers),
        cmocka_unit_test(allocates_nothing),
        cmocka_unit_test(memory_is_wiped_between_requests),
        cmocka_unit_test(survives_without_memory),
        cmocka_unit_test(server_cannot_be_made_without_memory),
        cmocka_unit_test(bad_configurations),
        cmocka_unit_test(calls_out_of_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
