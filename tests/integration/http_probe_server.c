/* SPDX-License-Identifier: Apache-2.0 */
/* A small server over the HTTP engine, for the probes of tests/integration: a few routes that show
 * what the engine made of a request. Prints "listening on PORT" when it is ready, counts of what
 * it has seen at the end. */
#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/text.h"
#include "http/http.h"

/* ---- handlers ---- */

static void hello(http_exchange *x, void *user)
{
    http_respond(x, 200, "application/json", OST_TEXT("{\"message\":\"hello\"}"));
}

/* What was understood of the request. */
static void echo(http_exchange *x, void *user)
{
    const http_request *r = http_request_of(x);
    ost_json_writer *w = ost_json_writer_new(http_arena(x), 0);
    ost_json_open_object(w);
    ost_json_member_text(w, "method", r->method_name);
    ost_json_member_text(w, "path", r->path);
    ost_json_member_text(w, "query", r->query);
    ost_json_member_text(w, "authority", r->authority);
    ost_json_member_text(w, "peer", r->peer);
    ost_json_member_boolean(w, "secure", r->secure);
    ost_json_member_integer(w, "version", r->version);
    ost_json_member_integer(w, "body_length", (int64_t)r->body.len);
    if (text_is_utf8(r->body) && r->body.len < 100000)
        ost_json_member_text(w, "body", r->body);
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < r->body.len; i++)
        hash = (hash ^ (unsigned char)r->body.data[i]) * 16777619u;
    ost_json_member_integer(w, "body_hash", hash);
    ost_text id = http_parameter(x, "id"), rest = http_parameter(x, "rest");
    if (id.data != NULL)
        ost_json_member_text(w, "id", id);
    if (rest.data != NULL)
        ost_json_member_text(w, "rest", rest);
    ost_json_put_name(w, OST_TEXT("fields"));
    ost_json_open_object(w);
    for (size_t i = 0; i < r->field_count; i++)
        if (text_is_utf8(r->fields[i].value) && text_starts(r->fields[i].name, "x-"))
            ost_json_member_text(w, "x", r->fields[i].value);
    ost_json_close_object(w);
    ost_json_close_object(w);
    http_respond_json(x, 200, w);
}

static void sized(http_exchange *x, void *user)
{
    uint64_t size;
    if (!text_to_unsigned(http_parameter(x, "id"), 200u << 20, &size)) {
        http_respond(x, 400, NULL, (ost_text){"", 0});
        return;
    }
    char *data = malloc((size_t)size + 1);
    if (data == NULL)
        abort();
    for (size_t i = 0; i < size; i++)
        data[i] = (char)('a' + i % 26);
    http_respond(x, 200, "text/plain", (ost_text){data, (size_t)size});
    free(data);
}

static void status(http_exchange *x, void *user)
{
    uint64_t code;
    if (!text_to_unsigned(http_parameter(x, "id"), 9999, &code))
        code = 0;
    http_respond(x, (int)code, "text/plain", OST_TEXT("the body\n"));
}

static void split(http_exchange *x, void *user)
{
    if (http_set_field(x, "X-Harmless", OST_TEXT("one\r\nSet-Cookie: evil=1")) != OST_OK)
        http_set_reason(x, "refused as it should be");
    http_respond(x, 200, "text/plain", OST_TEXT("should not be seen"));
}

static void fields(http_exchange *x, void *user)
{
    if (http_set_field(x, "Cache-Control", OST_TEXT("no-cache")) != OST_OK ||
        http_set_field(x, "cache-control", OST_TEXT("no-store")) != OST_OK ||
        http_add_field(x, "Set-Cookie", OST_TEXT("a=1")) != OST_OK ||
        http_add_field(x, "Set-Cookie", OST_TEXT("b=2")) != OST_OK ||
        http_set_field(x, "X-Frame-Options", OST_TEXT("SAMEORIGIN")) != OST_OK)
        abort();
    http_redirect(x, 303, OST_TEXT("/hello"));
}

static void silent(http_exchange *x, void *user) {}

static void work_a_little(http_exchange *x, void *user)
{
    usleep(20000);
}

static void finish_deferred(http_exchange *x, void *user)
{
    ost_text path = http_request_of(x)->path;
    http_respond(x, 200, "text/plain", path);
}

static void deferred(http_exchange *x, void *user)
{
    http_defer(x, work_a_little, finish_deferred, NULL);
}

static void *resume_later(void *data)
{
    usleep(300000);
    http_resume(data, finish_deferred, NULL);
    return NULL;
}

/* Suspended, and resumed by a thread of its own 300 ms later. */
static void suspended(http_exchange *x, void *user)
{
    pthread_t thread;
    http_suspend(x);
    if (pthread_create(&thread, NULL, resume_later, x) != 0)
        abort();
    pthread_detach(thread);
}

static void resumed_at_once(http_exchange *x, void *user)
{
    http_suspend(x);
    http_resume(x, finish_deferred, NULL);
}

static void form(http_exchange *x, void *user)
{
    const http_request *r = http_request_of(x);
    http_form read;
    if (!http_request_is_form(r) || http_form_read(r->body, http_arena(x), &read) != OST_OK) {
        http_respond(x, 400, NULL, (ost_text){"", 0});
        return;
    }
    ost_json_writer *w = ost_json_writer_new(http_arena(x), 0);
    ost_json_open_object(w);
    ost_json_member_text(w, "name", http_form_get(&read, "name"));
    ost_json_member_text(w, "cookie", http_request_cookie(r, "c"));
    ost_json_close_object(w);
    http_respond_json(x, 200, w);
}

static const http_route routes[] = {
    {.method = HTTP_GET, .path = "/hello", .handler = hello},
    {.method = HTTP_GET, .path = "/echo", .handler = echo},
    {.method = HTTP_POST, .path = "/echo", .handler = echo},
    {.method = HTTP_PUT, .path = "/echo", .handler = echo, .max_body = 64u << 20},
    {.method = HTTP_DELETE, .path = "/echo", .handler = echo, .max_body = 100},
    {.method = HTTP_GET, .path = "/items/{id}", .handler = echo},
    {.method = HTTP_GET, .path = "/items/special", .handler = hello},
    {.method = HTTP_GET, .path = "/files/{rest...}", .handler = echo},
    {.method = HTTP_GET, .path = "/sized/{id}", .handler = sized},
    {.method = HTTP_GET, .path = "/status/{id}", .handler = status},
    {.method = HTTP_GET, .path = "/split", .handler = split},
    {.method = HTTP_GET, .path = "/fields", .handler = fields},
    {.method = HTTP_GET, .path = "/silent", .handler = silent},
    {.method = HTTP_GET, .path = "/deferred", .handler = deferred},
    {.method = HTTP_GET, .path = "/suspended", .handler = suspended},
    {.method = HTTP_GET, .path = "/resumed", .handler = resumed_at_once},
    {.method = HTTP_POST, .path = "/suspended", .handler = suspended},
    {.method = HTTP_POST, .path = "/form", .handler = form},
};

/* ---- main ---- */

static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static void log_line(const http_log_entry *entry, void *user)
{
    pthread_mutex_lock(&log_lock);
    fprintf(stderr, "%d %.*s %s%.*s\n", entry->status, (int)entry->peer.len, entry->peer.data,
            entry->request == NULL ? "unreadable " : "", (int)entry->reason.len,
            entry->reason.data == NULL ? "" : entry->reason.data);
    pthread_mutex_unlock(&log_lock);
}

static const struct option options[] = {
    {"address", required_argument, NULL, 'a'},
    {"port", required_argument, NULL, 'p'},
    {"loops", required_argument, NULL, 'l'},
    {"head-timeout", required_argument, NULL, 'h'},
    {"idle-timeout", required_argument, NULL, 'i'},
    {"body-rate", required_argument, NULL, 'r'},
    {"stop-timeout", required_argument, NULL, 's'},
    {"connections", required_argument, NULL, 'c'},
    {"requests", required_argument, NULL, 'n'},
    {"pool-threads", required_argument, NULL, 't'},
    {"pool-queue", required_argument, NULL, 'q'},
    {"trust", required_argument, NULL, 'T'},
    {"quiet", no_argument, NULL, 'Q'},
    {"certificate", required_argument, NULL, 'C'},
    {"key", required_argument, NULL, 'K'},
    {"more-certificate", required_argument, NULL, 'm'},
    {"more-key", required_argument, NULL, 'M'},
    {"proxy-protocol", no_argument, NULL, 'P'},
    {"streams", required_argument, NULL, 'S'},
    {"idle-frames", required_argument, NULL, 'F'},
    {NULL, 0, NULL, 0},
};

static const http_field default_headers[] = {
    {{"X-Content-Type-Options", 22}, {"nosniff", 7}},
    {{"X-Frame-Options", 15}, {"DENY", 4}},
};

typedef struct arguments {
    http_config config;
    const char *address;
    unsigned port;
    const char *trusted[8];
    http_certificate more;
} arguments;

static unsigned number(const char *text)
{
    return (unsigned)strtoul(text, NULL, 10);
}

static bool read_tls_option(arguments *a, int option, const char *value)
{
    switch (option) {
    case 'C':
        a->config.tls_certificate = value;
        return true;
    case 'K':
        a->config.tls_key = value;
        return true;
    case 'm':
        a->more.certificate = value;
        a->config.more_certificate_count = 1;
        return true;
    case 'M':
        a->more.key = value;
        return true;
    case 'P':
        a->config.proxy_protocol = true;
        return true;
    case 'S':
        a->config.limits.streams = number(value);
        return true;
    case 'F':
        a->config.limits.idle_frames = number(value);
        return true;
    default:
        return false;
    }
}

static void read_option(arguments *a, int option, const char *value)
{
    http_limits *limits = &a->config.limits;
    switch (option) {
    case 'a':
        a->address = value;
        break;
    case 'p':
        a->port = number(value);
        break;
    case 'l':
        a->config.loops = number(value);
        break;
    case 'h':
        limits->head_timeout = number(value);
        break;
    case 'i':
        limits->idle_timeout = number(value);
        break;
    case 'r':
        limits->body_rate = number(value);
        break;
    case 's':
        limits->stop_timeout = number(value);
        break;
    case 'c':
        limits->connections = number(value);
        break;
    case 'n':
        limits->requests_per_connection = number(value);
        break;
    case 't':
        limits->pool_threads = number(value);
        break;
    case 'q':
        limits->pool_queue = number(value);
        break;
    case 'T':
        if (a->config.trusted_proxy_count < ARRAY_LEN(a->trusted))
            a->trusted[a->config.trusted_proxy_count++] = value;
        break;
    case 'Q':
        a->config.log = NULL;
        break;
    default:
        if (!read_tls_option(a, option, value))
            exit(2);
    }
}

static int run(http_server *server, const arguments *a)
{
    ost_error error = {0};
    unsigned port = 0;
    if (http_server_listen(server, a->address, a->port, &port, &error) != OST_OK) {
        fprintf(stderr, "%s\n", error.detail);
        return 1;
    }
    printf("listening on %u\n", port);
    fflush(stdout);
    if (http_server_run(server, NULL, NULL, &error) != OST_OK) {
        fprintf(stderr, "%s\n", error.detail);
        return 1;
    }
    http_counters counters;
    http_server_counters(server, &counters);
    printf("crowd refused %llu ended %llu responses %llu\n",
           (unsigned long long)counters.refused_connections,
           (unsigned long long)counters.ended_connections,
           (unsigned long long)counters.ended_responses);
    printf("connections %llu requests %llu refused %llu open %llu\n",
           (unsigned long long)counters.connections, (unsigned long long)counters.requests,
           (unsigned long long)counters.refused_requests,
           (unsigned long long)counters.open_connections);
    return 0;
}

int main(int argc, char **argv)
{
    arguments a = {
        .address = "127.0.0.1",
        .config = {.routes = routes,
                   .route_count = ARRAY_LEN(routes),
                   .loops = 1,
                   .log = log_line,
                   .headers = default_headers,
                   .header_count = ARRAY_LEN(default_headers)},
    };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
        read_option(&a, option, optarg);
    a.config.trusted_proxies = a.trusted;
    a.config.more_certificates = &a.more;
    ost_error error = {0};
    http_server *server = NULL;
    if (http_server_new(&a.config, &server, &error) != OST_OK) {
        fprintf(stderr, "%s\n", error.detail);
        return 1;
    }
    int status_code = run(server, &a);
    http_server_free(server);
    return status_code;
}
