/* A guard inside libevent's evhttp: every path wants a valid token. While keys are being fetched
 * the reply is put off, and the guard's thread wakes the loop when they are there.
 *
 *     guarded PORT ISSUER AUDIENCE */
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

/* One request on its way to its reply. */
struct request {
    struct evhttp_request *http;
    struct event *again;
    ost_arena *arena;
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

static void fill(struct request *request, const ost_verdict *verdict, struct evbuffer *body)
{
    struct evkeyvalq *fields = evhttp_request_get_output_headers(request->http);
    evhttp_add_header(fields, "Content-Type", "application/json");
    evhttp_add_header(fields, "Cache-Control", "no-store");
    const char *challenge = ost_arena_copy(request->arena, verdict->challenge);
    const char *later = ost_arena_format(request->arena, "%u", verdict->retry_after);
    if (challenge && *challenge)
        evhttp_add_header(fields, "WWW-Authenticate", challenge);
    if (later && verdict->retry_after)
        evhttp_add_header(fields, "Retry-After", later);
    ost_json_writer *writer = ost_json_writer_new(request->arena, 0);
    ost_text text;
    if (!writer)
        return;
    ost_json_open_object(writer);
    if (verdict->decision == OST_ALLOW)
        ost_json_member_text(writer, "subject", ost_identity_subject(verdict->identity));
    else
        ost_json_member_text(writer, "detail", verdict->message);
    ost_json_close_object(writer);
    if (ost_json_writer_finish(writer, &text) == OST_OK)
        evbuffer_add(body, text.data, text.len);
}

static void answer(struct request *request, const ost_verdict *verdict)
{
    struct evbuffer *body = evbuffer_new();
    if (body)
        fill(request, verdict, body);
    evhttp_send_reply(request->http, verdict->status, NULL, body);
    if (body)
        evbuffer_free(body);
    forget(request);
}

/* Called in the guard's thread; the event then runs in the loop's. */
static void wake(void *user)
{
    event_active(((struct request *)user)->again, EV_TIMEOUT, 0);
}

static void check(struct request *request, bool may_wait)
{
    static const ost_policy policy = {0};
    ost_text authorization[2]; /* two are refused already: no need to look for more */
    size_t count = 0;
    const struct evkeyval *field;
    struct evkeyvalq *fields = evhttp_request_get_input_headers(request->http);
    for (field = fields->tqh_first; field && count < 2; field = field->next.tqe_next)
        if (strcasecmp(field->key, "Authorization") == 0)
            authorization[count++] = (ost_text){field->value, strlen(field->value)};
    ost_credentials credentials = {.authorization = authorization, .authorization_count = count};
    ost_verdict verdict;
    ost_guard_check(guard, &policy, &credentials, may_wait, request->arena, &verdict);
    if (verdict.decision != OST_WAIT)
        answer(request, &verdict);
    else if (ost_guard_wait(guard, &verdict, wake, request) != OST_OK)
        check(request, false);
}

static void check_again(int socket, short what, void *user)
{
    struct request *request = user;
    static const ost_verdict ending = {.status = 503, .message = {"ending", 6}};
    (void)socket, (void)what;
    if (guard)
        check(request, false);
    else
        answer(request, &ending);
}

static void handle(struct evhttp_request *http, void *user)
{
    struct request *request = calloc(1, sizeof *request);
    (void)user;
    if (request)
        *request = (struct request){http, event_new(base, -1, 0, check_again, request),
                                    ost_arena_new(256 * 1024)};
    if (request && request->again && request->arena) {
        check(request, true);
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
    struct event *terminate = evsignal_new(base, SIGTERM, stop, NULL);
    struct event *interrupt = evsignal_new(base, SIGINT, stop, NULL);
    bool good = server && terminate && interrupt && event_add(terminate, NULL) == 0 &&
                event_add(interrupt, NULL) == 0 &&
                evhttp_bind_socket(server, "127.0.0.1", port) == 0;
    if (good) {
        evhttp_set_gencb(server, handle, NULL);
        event_base_dispatch(base);
    }
    /* Everyone who waits is called, in the loop's last turn, and told that it is over. */
    ost_guard *last = guard;
    guard = NULL;
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
    if (ost_guard_new(&config, &guard, &error) != OST_OK) {
        fprintf(stderr, "%s: %s\n", ost_result_sentence(error.code), error.detail);
        return 1;
    }
    /* Before the base is made: without it another thread could not wake the loop. */
    if (evthread_use_pthreads() != 0 || !(base = event_base_new()))
        return 1;
    bool good = serve((unsigned short)strtoul(argv[1], NULL, 10));
    event_base_free(base);
    return good ? 0 : 1;
}
