/* SPDX-License-Identifier: Apache-2.0 */
/* A guard inside libmicrohttpd: every path wants a valid token. While keys are being fetched the
 * connection is suspended, so that one thread goes on serving the others.
 *
 *     guarded PORT ISSUER AUDIENCE */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <microhttpd.h>
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

/* One request; MHD hands it to us again each time. */
struct request {
    struct MHD_Connection *connection;
    ost_arena *arena;
    ost_text authorization[2]; /* two are refused already: no need to look for more */
    size_t count;
    unsigned waits;
};

static ost_guard *guard;
static volatile sig_atomic_t stopping;

static void stop(int number)
{
    (void)number;
    stopping = 1;
}

static enum MHD_Result gather(void *user, enum MHD_ValueKind kind, const char *name,
                              size_t name_len, const char *value, size_t len)
{
    struct request *request = user;
    (void)kind;
    (void)name_len;
    if (strcasecmp(name, "Authorization") == 0 && request->count < 2)
        request->authorization[request->count++] = (ost_text){value, len};
    return MHD_YES;
}

static bool put(struct MHD_Response *response, const char *name, const char *value)
{
    return value && MHD_add_response_header(response, name, value) == MHD_YES;
}

static enum MHD_Result answer(struct request *request, const ost_verdict *verdict)
{
    ost_arena *arena = request->arena;
    ost_json_writer *writer = ost_json_writer_new(arena, 0);
    ost_text body;
    if (verdict->decision != OST_ALLOW) /* what the client is not told */
        fprintf(stderr, "%d %s: %.*s\n", verdict->status, ost_result_name(verdict->reason),
                OST_FORMAT(verdict->explanation));
    ost_json_open_object(writer);
    if (verdict->decision == OST_ALLOW)
        ost_json_member_text(writer, "subject", ost_identity_subject(verdict->identity));
    else
        ost_json_member_text(writer, "detail", verdict->message);
    ost_json_close_object(writer);
    if (ost_json_writer_finish(writer, &body) != OST_OK)
        return MHD_NO;
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body.len, (void *)body.data, MHD_RESPMEM_MUST_COPY);
    if (!response)
        return MHD_NO;
    bool good = put(response, "Content-Type", "application/json") &&
                put(response, "Cache-Control", "no-store");
    if (good && verdict->challenge.len)
        good = put(response, "WWW-Authenticate", ost_arena_copy(arena, verdict->challenge));
    if (good && verdict->retry_after)
        good = put(response, "Retry-After", ost_arena_format(arena, "%u", verdict->retry_after));
    enum MHD_Result result =
        good ? MHD_queue_response(request->connection, (unsigned)verdict->status, response)
             : MHD_NO;
    MHD_destroy_response(response);
    return result;
}

/* Called in the guard's thread. MHD then calls `handle` again, in its own. */
static void resume(void *user)
{
    MHD_resume_connection(((struct request *)user)->connection);
}

static enum MHD_Result handle(void *user, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_len, void **state)
{
    static const ost_policy policy = {0};
    struct request *request = *state;
    ost_verdict verdict;
    (void)user, (void)path, (void)method, (void)version, (void)upload;
    if (!request) {
        *state = request = calloc(1, sizeof *request);
        if (!request || !(request->arena = ost_arena_new(ARENA)))
            return MHD_NO;
        request->connection = connection;
        MHD_get_connection_values_n(connection, MHD_HEADER_KIND, gather, request);
        return MHD_YES;
    }
    if (*upload_len) { /* a body is read and dropped */
        *upload_len = 0;
        return MHD_YES;
    }
    ost_credentials credentials = {.authorization = request->authorization,
                                   .authorization_count = request->count};
    ost_guard_check(guard, &policy, &credentials, request->waits < WAITS, request->arena, &verdict);
    if (verdict.decision != OST_WAIT)
        return answer(request, &verdict);
    /* Suspended first: the guard may call `resume` before ost_guard_wait has returned. */
    request->waits++;
    MHD_suspend_connection(connection);
    if (ost_guard_wait(guard, &verdict, resume, request) != OST_OK)
        MHD_resume_connection(connection);
    return MHD_YES;
}

static void forget(void *user, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code)
{
    struct request *request = *state;
    (void)user, (void)connection, (void)code;
    if (request)
        ost_arena_free(request->arena);
    free(request);
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
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_AUTO | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, NULL,
                         MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED, forget, NULL,
                         MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
    while (daemon && !stopping && MHD_run_wait(daemon, 500) == MHD_YES)
        ;
    /* The guard first: it resumes whoever waits, and MHD wants nobody suspended when it stops. */
    ost_guard_free(guard);
    if (daemon)
        MHD_stop_daemon(daemon);
    return daemon ? 0 : 1;
}
