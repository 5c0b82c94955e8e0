/* SPDX-License-Identifier: Apache-2.0 */
/* A server that is administered; see remote.h. */
#include "cli/directory/remote.h"

#include <ostiary/json.h>
#include <pthread.h>
#include <string.h>

#include "base/buffer.h"
#include "base/config/secret_file.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "cli/provider/administration.h"
#include "guard/keys/issuer_document.h"
#include "net/net.h"

#define MAX_ANSWER ((size_t)64 << 20)
#define MAX_PASSWORD 1024
#define TIMEOUT_MS 60000 /* a realm of many users is exported, a password hashed */

struct remote {
    net_client *client;
    ost_arena *arena;
    const char *base; /* without a slash at its end */
    const char *ca_file;
    char *authorization; /* "Authorization: Bearer …" */
    buffer form;         /* of the login, which is done again when the token is over; else empty */
    const char *login_realm;
};

/* ---- one request ---- */

typedef struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done;
    ost_arena *arena;
    ost_result result;
    long status;
    ost_text body;
    ost_error why; /* where no answer came */
} waiting;

static void take_answer(const net_response *response, void *user)
{
    waiting *w = user;
    pthread_mutex_lock(&w->lock);
    w->result = response->result;
    w->status = response->status;
    if (response->body.len > 0)
        w->body = (ost_text){ost_arena_copy(w->arena, response->body), response->body.len};
    if (w->result == OST_OK && response->body.len > 0 && w->body.data == NULL)
        w->result = OST_E_MEMORY;
    if (response->result != OST_OK)
        issuer_document_untransferred(response, &w->why);
    w->done = true;
    pthread_cond_signal(&w->ended);
    pthread_mutex_unlock(&w->lock);
}

static ost_result fetch(const remote *r, const net_request *request, int *ret_status,
                        ost_text *ret_body, ost_error *error)
{
    waiting w = {
        .lock = PTHREAD_MUTEX_INITIALIZER, .ended = PTHREAD_COND_INITIALIZER, .arena = r->arena};
    ost_result result = net_fetch(r->client, request, take_answer, &w, error);
    if (result != OST_OK)
        return result;
    pthread_mutex_lock(&w.lock);
    while (!w.done)
        pthread_cond_wait(&w.ended, &w.lock);
    pthread_mutex_unlock(&w.lock);
    if (w.result != OST_OK)
        return ost_error_set(error, w.result, "%s: %s", r->base,
                             w.why.detail[0] != '\0' ? w.why.detail
                                                     : ost_result_sentence(w.result));
    *ret_status = (int)w.status;
    *ret_body = w.body;
    return OST_OK;
}

static ost_result ask(const remote *r, const char *method, const char *path, ost_text body,
                      int *ret_status, ost_text *ret_body, ost_error *error)
{
    const char *url = ost_arena_format(r->arena, "%s/admin%s", r->base, path);
    const char *const headers[] = {r->authorization, "Content-Type: application/json",
                                   "Accept: application/json", NULL};
    if (url == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    const net_request request = {.url = url,
                                 .method = method,
                                 .headers = headers,
                                 .body = body,
                                 .ca_file = r->ca_file,
                                 .timeout_ms = TIMEOUT_MS,
                                 .max_body = MAX_ANSWER};
    return fetch(r, &request, ret_status, ret_body, error);
}

/* ---- signing in ---- */

static void forget_token(remote *r)
{
    if (r->authorization != NULL)
        wipe(r->authorization, strlen(r->authorization));
    r->authorization = NULL;
}

static ost_result set_token(remote *r, ost_text token, ost_error *error)
{
    forget_token(r);
    if (token.len == 0 || !text_is_made_of(token, "-._~+/="))
        return ost_error_set(error, OST_E_FORMAT, "the access token is none");
    r->authorization =
        ost_arena_format(r->arena, "Authorization: Bearer %.*s", (int)token.len, token.data);
    return r->authorization != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

/* What an unknown realm is answered, and not an unknown address. */
static bool tells_of_realm(const remote *r, ost_text why)
{
    const char *copy = ost_arena_copy(r->arena, why);
    return copy != NULL && strcasestr(copy, "realm") != NULL;
}

static ost_result read_token(remote *r, ost_text answer, int status, ost_error *error)
{
    const ost_json *json = NULL;
    ost_text token = {0}, why = {0};
    if (ost_json_read(answer, NULL, r->arena, &json, NULL) != OST_OK)
        json = NULL;
    if (status == 200 && ost_json_text(ost_json_get(json, "access_token"), &token))
        return set_token(r, token, error);
    if (!ost_json_text(ost_json_get(json, "error_description"), &why) ||
        text_starts(why, "For more on this error"))
        (void)!ost_json_text(ost_json_get(json, "error"), &why);
    if (status == 404 && !tells_of_realm(r, why))
        return ost_error_set(error, OST_E_STATE,
                             "login: there is no provider at %s (404): --server is what stands "
                             "before /realms, with a path if it has one",
                             r->base);
    return ost_error_set(error, OST_E_STATE, "login: %.*s (%d)", (int)why.len,
                         why.len > 0 ? why.data : "", status);
}

static ost_result grant(remote *r, ost_error *error)
{
    static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded", NULL};
    int status;
    ost_text answer;
    const char *url =
        ost_arena_format(r->arena, "%s/realms/%s/protocol/openid-connect/token", r->base,
                         percent_encode(r->arena, text_of(r->login_realm)).data);
    const net_request request = {.url = url,
                                 .headers = headers,
                                 .body = buffer_text(&r->form),
                                 .ca_file = r->ca_file,
                                 .timeout_ms = TIMEOUT_MS};
    if (url == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    ost_result result = fetch(r, &request, &status, &answer, error);
    return result == OST_OK ? read_token(r, answer, status, error) : result;
}

/* A secret from a file or, when none is named, one line of standard input. */
static ost_result read_secret(const option_values *values, const char *file_option,
                              ost_arena *arena, ost_text *ret_secret, ost_error *error)
{
    char line[MAX_PASSWORD + 2];
    const char *path = options_get(values, file_option);
    if (path != NULL)
        return secret_file_read(path, arena, ret_secret, error);
    if (!read_password(line, sizeof line))
        return ost_error_set(error, OST_E_ARGUMENT,
                             "no password came to sign in with (one line of at most %d bytes on "
                             "standard input, or --%s FILE)",
                             MAX_PASSWORD, file_option);
    *ret_secret = text_of(ost_arena_copy(arena, text_of(line)));
    wipe(line, sizeof line);
    return ret_secret->len > 0 ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

static ost_result log_in(remote *r, const option_values *values, ost_error *error)
{
    const char *client = options_get(values, "login-client");
    const char *user = options_get(values, "login-user");
    const char *realm_name = options_get(values, "login-realm");
    ost_text secret;
    ost_result result =
        read_secret(values, client != NULL ? "login-secret-file" : "login-password-file", r->arena,
                    &secret, error);
    if (result != OST_OK)
        return result;
    r->login_realm = realm_name != NULL ? realm_name : "master";
    form_append(&r->form, "grant_type",
                text_of(client != NULL ? "client_credentials" : "password"));
    form_append(&r->form, "client_id", text_of(client != NULL ? client : "admin-cli"));
    form_append(&r->form, client != NULL ? "client_secret" : "password", secret);
    if (client == NULL)
        form_append(&r->form, "username", text_of(user != NULL ? user : "admin"));
    return r->form.failed != OST_OK ? ost_error_set(error, OST_E_MEMORY, "out of memory")
                                    : grant(r, error);
}

/* A token lasts a minute, and what was answered 401 has not been done. */
ost_result remote_ask(remote *r, const char *method, const char *path, ost_text body,
                      int *ret_status, ost_text *ret_body, ost_error *error)
{
    ost_result result = ask(r, method, path, body, ret_status, ret_body, error);
    if (result != OST_OK || *ret_status != 401 || r->form.len == 0)
        return result;
    result = grant(r, error);
    return result == OST_OK ? ask(r, method, path, body, ret_status, ret_body, error) : result;
}

static const char *without_slash(const char *url, ost_arena *arena)
{
    ost_text text = text_of(url);
    while (text_ends(text, "/"))
        text = text_slice(text, 0, text.len - 1);
    return ost_arena_copy(arena, text);
}

ost_result remote_open(const option_values *values, ost_arena *arena, remote **ret_remote,
                       ost_error *error)
{
    ost_text token;
    remote *r = ost_arena_alloc(arena, sizeof *r);
    const char *url = options_get(values, "server"), *file = options_get(values, "token-file");
    if (r == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    *r = (remote){.arena = arena,
                  .base = without_slash(url, arena),
                  .ca_file = options_get(values, "ca-file")};
    buffer_init(&r->form, (size_t)16 << 10);
    if (strstr(r->base, "/realms/") != NULL || text_ends(text_of(r->base), "/realms") ||
        strstr(r->base, "/admin/") != NULL || text_ends(text_of(r->base), "/admin"))
        return ost_error_set(error, OST_E_ARGUMENT,
                             "--server is what stands before /realms and /admin in the server's "
                             "addresses, such as https://id.example.org");
    if (net_url_check(text_of(r->base), false) != OST_OK)
        return ost_error_set(error, OST_E_ARGUMENT,
                             "--server is an https URL, or http on this machine");
    if (file != NULL && (options_has(values, "login-user") || options_has(values, "login-client")))
        return ost_error_set(error, OST_E_ARGUMENT, "--token-file takes the place of a login");
    ost_result result = net_client_new(1, &r->client);
    if (result != OST_OK)
        return ost_error_set(error, result, "%s", ost_result_sentence(result));
    if (file != NULL) {
        result = secret_file_read(file, arena, &token, error);
        if (result == OST_OK)
            result = set_token(r, token, error);
    } else {
        result = log_in(r, values, error);
    }
    if (result == OST_OK)
        *ret_remote = r;
    else
        remote_close(r);
    return result;
}

void remote_close(remote *r)
{
    if (r == NULL)
        return;
    net_client_free(r->client);
    forget_token(r);
    buffer_free(&r->form);
}
