/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a login, and opens the sessions that browsers bring; see <ostiary/login.h>. */
#include <ostiary/login.h>
#include <ostiary/logout.h>

#include <string.h>

#include "base/array.h"
#include "base/context.h"
#include "base/text.h"
#include "login/login_cookies.h"
#include "login/login_core.h"
#include "login/login_pack.h"
#include "login/login_url.h"

#define SESSION_LABEL "ostiary login session 1"
#define TRANSACTION_LABEL "ostiary login transaction 1"

static bool is_cookie_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= LOGIN_COOKIE_NAME_MAX && text_is_made_of(text_of(name), "-_");
}

static ost_result check_config(const ost_login_config *config, ost_error *error)
{
    if (config->issuer == NULL)
        return ost_error_set(error, OST_E_CONFIG, "the login needs an issuer");
    if (config->client_id == NULL)
        return OST_OK;
    if (config->client_id[0] == '\0')
        return ost_error_set(error, OST_E_CONFIG, "the login's client id is empty");
    if (config->redirect_path == NULL || config->redirect_path[0] != '/' ||
        strpbrk(config->redirect_path, "?#%\\ ") != NULL)
        return ost_error_set(error, OST_E_CONFIG, "the login's redirect path is not a path");
    if (config->resource != NULL && !login_url_is_resource(text_of(config->resource)))
        return ost_error_set(error, OST_E_CONFIG,
                             "the login's resource is not an absolute URI without fragment");
    if (config->cookie_name != NULL && !is_cookie_name(config->cookie_name))
        return ost_error_set(error, OST_E_CONFIG,
                             "the login's cookie name may hold letters, digits, '-' and '_', %d at "
                             "most",
                             LOGIN_COOKIE_NAME_MAX);
    if (config->secret.len < LOGIN_SEAL_SECRET_MIN ||
        (config->older_secret.len > 0 && config->older_secret.len < LOGIN_SEAL_SECRET_MIN))
        return ost_error_set(error, OST_E_CONFIG,
                             "the login's cookie secret must have at least %d bytes",
                             LOGIN_SEAL_SECRET_MIN);
    if (config->guard == NULL)
        return ost_error_set(error, OST_E_CONFIG, "the login needs a guard");
    return OST_OK;
}

/* A copy of `string`, or of `fallback`, or NULL; *failed when memory ran out. */
static char *copy_string(const char *string, const char *fallback, bool *failed)
{
    const char *from = string != NULL ? string : fallback;
    char *made = from != NULL ? memory_copy(text_of(from)) : NULL;
    *failed |= from != NULL && made == NULL;
    return made;
}

static ost_result fill(ost_login *made, const ost_login_config *config)
{
    bool failed = false;
    made->issuer = copy_string(config->issuer, NULL, &failed);
    made->client_id = copy_string(config->client_id, NULL, &failed);
    made->client_secret = copy_string(config->client_secret, NULL, &failed);
    made->scope = copy_string(config->scope, "openid", &failed);
    made->resource = copy_string(config->resource, NULL, &failed);
    made->redirect_path = copy_string(config->redirect_path, NULL, &failed);
    made->cookie_name = copy_string(config->cookie_name, "ostiary", &failed);
    made->ca_file = copy_string(config->ca_file, NULL, &failed);
    made->proxy = copy_string(config->proxy, NULL, &failed);
    made->no_proxy = copy_string(config->no_proxy, NULL, &failed);
    made->insecure_http = config->insecure_http;
    made->guard = config->guard;
    made->context = config->context;
    made->requests = login_token_requests_new();
    if (failed || made->requests == NULL)
        return OST_E_MEMORY;
    if (config->client_id == NULL)
        return OST_OK;
    ost_result result = login_seal_init(&made->sessions, SESSION_LABEL, config->secret,
                                        config->older_secret, config->context);
    if (result == OST_OK)
        result = login_seal_init(&made->transactions, TRANSACTION_LABEL, config->secret,
                                 config->older_secret, config->context);
    return result;
}

static ost_result start_service(ost_login *made, const ost_login_config *config, ost_error *error)
{
    ost_result result = net_client_new(0, &made->net);
    if (result != OST_OK)
        return result;
    const login_provider_config provider = {
        .issuer = config->issuer,
        .discovery_url = config->discovery_url,
        .insecure_http = config->insecure_http,
        .ca_file = config->ca_file,
        .proxy = config->proxy,
        .no_proxy = config->no_proxy,
        .net = made->net,
    };
    return login_provider_new(&provider, &made->provider, error);
}

ost_result ost_login_new(const ost_login_config *config, ost_login **ret_login, ost_error *error)
{
    if (config == NULL || ret_login == NULL)
        return ost_error_set(error, OST_E_ARGUMENT,
                             "no configuration, or nowhere to put the login");
    ost_result result = check_config(config, error);
    if (result != OST_OK)
        return result;
    ost_login *made = memory_alloc(sizeof *made);
    if (made == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    result = fill(made, config);
    if (result != OST_OK)
        result = ost_error_set(error, result, "the login could not be prepared");
    if (result == OST_OK)
        result = start_service(made, config, error);
    if (result != OST_OK) {
        ost_login_free(made);
        return result;
    }
    *ret_login = made;
    return OST_OK;
}

void ost_login_stop(ost_login *login)
{
    if (login != NULL)
        net_client_stop(login->net);
}

void ost_login_free(ost_login *login)
{
    if (login == NULL)
        return;
    net_client_free(login->net); /* first: its callbacks use all the rest */
    login_provider_free(login->provider);
    login_token_requests_free(login->requests);
    login_seal_clear(&login->sessions);
    login_seal_clear(&login->transactions);
    if (login->client_secret != NULL)
        wipe(login->client_secret, strlen(login->client_secret));
    char *const strings[] = {login->issuer,      login->client_id, login->client_secret,
                             login->scope,       login->resource,  login->redirect_path,
                             login->cookie_name, login->ca_file,   login->proxy,
                             login->no_proxy};
    for (size_t i = 0; i < ARRAY_LEN(strings); i++)
        memory_free(strings[i]);
    memory_free(login);
}

bool ost_login_is_ready(const ost_login *login)
{
    if (login == NULL)
        return false;
    const login_endpoints *endpoints = login_provider_take(login->provider);
    login_provider_give(endpoints);
    return endpoints != NULL;
}

void ost_login_trouble(const ost_login *login, char ret_why[256])
{
    if (ret_why == NULL)
        return;
    ret_why[0] = '\0';
    if (login != NULL)
        login_provider_trouble(login->provider, ret_why);
}

ost_result ost_login_describe(const ost_login *login, ost_arena *arena, ost_text *ret_authorization,
                              ost_text *ret_token)
{
    if (login == NULL || arena == NULL || ret_authorization == NULL || ret_token == NULL)
        return OST_E_ARGUMENT;
    const login_endpoints *endpoints = login_provider_take(login->provider);
    if (endpoints == NULL)
        return OST_E_STATE;
    const char *authorization = ost_arena_copy(arena, text_of(endpoints->authorization));
    const char *token = ost_arena_copy(arena, text_of(endpoints->token));
    login_provider_give(endpoints);
    if (authorization == NULL || token == NULL)
        return OST_E_MEMORY;
    *ret_authorization = text_of(authorization);
    *ret_token = text_of(token);
    return OST_OK;
}

ost_text login_mark_of(ost_text cookie, ost_arena *arena)
{
    return text_of(ost_arena_format(arena, "%.*s-back", (int)cookie.len, cookie.data));
}

/* What the guard was told of the session that the ID token began with; the token came out of a
 * sealed cookie. Without one it is the access token alone that counts. */
static ost_result check_logout(const ost_login *login, const ost_login_session *session,
                               ost_arena *arena)
{
    ost_unverified_token token;
    ost_text sid = {0}, sub = {0};
    double issued = 0;
    if (login->guard == NULL || session->id_token.len == 0 ||
        ost_jwt_read_unverified(session->id_token, arena, &token, NULL) != OST_OK)
        return OST_OK;
    (void)!ost_json_text(ost_json_get(token.claims, "sid"), &sid);
    (void)!ost_json_text(ost_json_get(token.claims, "sub"), &sub);
    (void)!ost_json_number(ost_json_get(token.claims, "iat"), &issued);
    ost_result result =
        ost_guard_check_session(login->guard, login->issuer, sid, sub, (int64_t)issued);
    return result == OST_E_REVOKED ? result : OST_OK;
}

/* The names of a session's cookie, and of what it is sealed for. */
typedef struct session_name {
    ost_text cookie, bound;
} session_name;

static ost_result open_choice(const ost_login *login, const session_name *name,
                              const ost_login_jar *jar, size_t choice, ost_arena *arena,
                              ost_login_session *ret_session)
{
    ost_login_session session;
    ost_text sealed, packed;
    ost_result result = login_cookies_join(jar, name->cookie, choice, arena, &sealed);
    if (result == OST_OK)
        result = login_seal_open(&login->sessions, name->bound, sealed, arena, &packed);
    if (result == OST_OK)
        result = login_unpack_session(packed, arena, &session);
    if (result == OST_OK)
        result = check_logout(login, &session, arena);
    if (result == OST_OK)
        *ret_session = session;
    return result;
}

/* Behind what is not ours, the session may follow; one that was ended is an answer. */
static bool may_choose_again(ost_result result)
{
    return result != OST_OK && result != OST_E_NOT_FOUND && result != OST_E_MEMORY &&
           result != OST_E_REVOKED;
}

ost_result login_open(const ost_login *login, const login_place *place, const ost_login_jar *jar,
                      ost_arena *arena, ost_login_session *ret_session)
{
    if (login == NULL || jar == NULL || arena == NULL || ret_session == NULL ||
        !login_place_is_good(place))
        return OST_E_ARGUMENT;
    if (login->client_id == NULL)
        return OST_E_NOT_FOUND;
    session_name name = {.cookie = login_place_cookie(place, login->cookie_name, arena)};
    if (name.cookie.data != NULL)
        name.bound = login_place_bound(place, name.cookie, arena);
    if (name.bound.data == NULL)
        return OST_E_MEMORY;
    /* Two good ones may be of two people, and nobody can tell which is whose. */
    if (place->domain.len > 0 && login_cookies_repeat(jar, name.cookie, arena))
        return OST_E_FORMAT;
    ost_result first = open_choice(login, &name, jar, 0, arena, ret_session), result = first;
    for (size_t choice = 1; choice < LOGIN_CHOICES && may_choose_again(result); choice++)
        result = open_choice(login, &name, jar, choice, arena, ret_session);
    return result == OST_E_NOT_FOUND ? first : result;
}

ost_result ost_login_open(const ost_login *login, ost_text base, const ost_login_jar *jar,
                          ost_arena *arena, ost_login_session *ret_session)
{
    const login_place place = login_place_of(base);
    return login_open(login, &place, jar, arena, ret_session);
}

bool ost_login_is_due(const ost_login *login, const ost_login_session *session)
{
    return login != NULL && session != NULL && session->refresh_token.len > 0 &&
           ost_now(login->context) >= session->refresh_at;
}

bool ost_login_is_fresh(const ost_login *login, const ost_login_session *session)
{
    return login != NULL && session != NULL &&
           ost_now(login->context) < session->started + LOGIN_FRESH_SECONDS;
}
