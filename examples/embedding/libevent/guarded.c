/* SPDX-License-Identifier: Apache-2.0 */
/* A guard inside libevent's evhttp: every path wants a valid token. While keys are being fetched
 * the reply is put off, and the guard's thread wakes the loop when they are there.
 *
 *     guarded PORT ISSUER AUDIENCE */
#define _POSIX_C_SOURCE 200809L
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <event2/thread.h>
#include <ostiary/guard.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    ARENA = 1024 * 1024, /* enough for any token; taken only as far as needed */
    WAITS = 3,           /* for keys, for the issuer's word, for a status list */
};

/* One request on its way to its reply. Outlives its connection: the callback of a wait cannot be
 * taken back. */
struct request {
    struct evhttp_request *http;
    struct event *again;
    ost_arena *arena;
    unsigned waits;
};

static struct event_base *base;
static ost_guard *guard; /* NULL when the program is about to end */

static void forget(struct request *request)
{
    if (request->again)
        event_free(request->again);
    ost_arena_free(request->arena);
    free(request);
}

static bool put(struct request *request, const char *name, const char *value)
{
    struct evkeyvalq *fields = evhttp_request_get_output_headers(request->http);
    return value && evhttp_add_header(fields, name, value) == 0;
}

static bool fill(struct request *request, const ost_verdict *verdict, struct evbuffer *body)
{
    ost_arena *arena = request->arena;
    bool good = put(request, "Content-Type", "application/json") &&
                put(request, "Cache-Control", "no-store");
    if (good && !guard)
        good = put(request, "Connection", "close");
    if (good && verdict->challenge.len)
        good = put(request, "WWW-Authenticate", ost_arena_copy(arena, verdict->challenge));
    if (good && verdict->retry_after)
        good = put(request, "Retry-After", ost_arena_format(arena, "%u", verdict->retry_after));
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text text;
    ost_json_open_object(writer);
    if (verdict->decision == OST_ALLOW)
        ost_json_member_text(writer, "subject", ost_identity_subject(verdict->identity));
    else
        ost_json_member_text(writer, "detail", verdict->message);
    ost_json_close_object(writer);
    return good && ost_json_writer_finish(writer, &text) == OST_OK &&
           evbuffer_add(body, text.data, text.len) == 0;
}

static void answer(struct request *request, const ost_verdict *verdict)
{
    struct evbuffer *body = evbuffer_new();
    if (verdict->decision != OST_ALLOW) /* what the client is not told */
        fprintf(stderr, "%d %s: %.*s\n", verdict->status, ost_result_name(verdict->reason),
                OST_FORMAT(verdict->explanation));
    if (body && fill(request, verdict, body))
        evhttp_send_reply(request->http, verdict->status, NULL, body);
    else
        evhttp_send_error(request->http, 503, NULL);
    if (body)
        evbuffer_free(body);
    forget(request);
}

/* Called in the guard's thread; the event then runs in the loop's. */
static void wake(void *user)
{
    event_active(((struct request *)user)->again, EV_TIMEOUT, 0);
}

static void check(struct request *request)
{
    static const ost_policy policy = {0};
    static const ost_verdict ending = {.status = 503, .message = {"ending", 6}};
    ost_text authorization[2]; /* two are refused already: no need to look for more */
    size_t count = 0;
    const struct evkeyval *field;
    struct evkeyvalq *fields = evhttp_request_get_input_headers(request->http);
    for (field = fields->tqh_first; field && count < 2; field = field->next.tqe_next)
        if (strcasecmp(field->key, "Authorization") == 0)
            authorization[count++] = (ost_text){field->value, strlen(field->value)};
    ost_credentials credentials = {.authorization = authorization, .authorization_count = count};
    ost_verdict verdict = ending;
    if (guard)
        ost_guard_check(guard, &policy, &credentials, request->waits++ < WAITS, request->arena,
                        &verdict);
    if (verdict.decision == OST_WAIT) {
        if (ost_guard_wait(guard, &verdict, wake, request) != OST_OK)
            wake(request);
        return;
    }
    answer(request, &verdict);
}

static void check_again(int socket, short what, void *user)
{
    (void)socket, (void)what;
    check(user);
}

static void handle(struct evhttp_request *http, void *user)
{
    struct request *request = calloc(1, sizeof *request);
    (void)user;
    if (request)
        *request = (struct request){http, event_new(base, -1, 0, check_again, request),
                                    ost_arena_new(ARENA), 0};
    if (request && request->again && request->arena) {
        check(request);
        return;
    }
    if (request)
        forget(request);
    evhttp_send_error(http, 503, NULL);
}

static void stop(int number, short what, void *user)
{
    (void)number, (void)what, (void)user;
    event_base_loopbreak(base);
}

static bool serve(unsigned short port)
{
    struct evhttp *server = evhttp_new(base);
    struct evhttp_bound_socket *bound = NULL;
    struct event *terminate = evsignal_new(base, SIGTERM, stop, NULL);
    struct event *interrupt = evsignal_new(base, SIGINT, stop, NULL);
    bool good = server && terminate && interrupt && event_add(terminate, NULL) == 0 &&
                event_add(interrupt, NULL) == 0 &&
                (bound = evhttp_bind_socket_with_handle(server, "127.0.0.1", port)) != NULL;
    if (good) {
        evhttp_set_timeout(server, 30); /* seconds; and ceilings, of which evhttp has none */
        evhttp_set_max_headers_size(server, 32 * 1024);
        evhttp_set_max_body_size(server, 64 * 1024);
        evhttp_set_gencb(server, handle, NULL);
        event_base_dispatch(base);
    }
    /* Everyone who waits is called, in the loop's last turns, and told that it is over; so is who
     * still asks, behind one of them on the same connection. */
    ost_guard *last = guard;
    guard = NULL;
    if (bound)
        evhttp_del_accept_socket(server, bound);
    ost_guard_free(last);
    event_base_loop(base, EVLOOP_NONBLOCK);
    if (server)
        evhttp_free(server);
    if (terminate)
        event_free(terminate);
    if (interrupt)
        event_free(interrupt);
    return good;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: %s PORT ISSUER AUDIENCE\n", argv[0]);
        return 2;
    }
    const char *audience = argv[3];
    ost_issuer issuer = {.issuer = argv[2], .audiences = &audience, .audience_count = 1};
    ost_guard_config config = {.issuers = &issuer, .issuer_count = 1};
    ost_error error;
    struct sigaction ignored = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignored, NULL); /* libevent writes to clients that may have left */
    /* Before the base is made: without it another thread could not wake the loop. */
    if (evthread_use_pthreads() != 0 || !(base = event_base_new()))
        return 1;
    if (ost_guard_new(&config, &guard, &error) != OST_OK) {
        fprintf(stderr, "%s: %s\n", ost_result_sentence(error.code), error.detail);
        return 1;
    }
    bool good = serve((unsigned short)strtoul(argv[1], NULL, 10));
    event_base_free(base);
    return good ? 0 : 1;
}
