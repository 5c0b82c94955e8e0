/* SPDX-License-Identifier: Apache-2.0 */
/* Sends browsers to the provider, to sign in (OpenID Connect Core §3.1.2.1, RFC 7636 §4.3) and to
 * sign out (RP-Initiated Logout 1.0 §2); see <ostiary/login.h>. */
#include "base/base64url.h"
#include "base/buffer.h"
#include "base/context.h"
#include "base/percent.h"
#include "base/text.h"
#include "login/login_cookies.h"
#include "login/login_core.h"
#include "login/login_pack.h"
#include "login/login_url.h"
#include <ostiary/login.h>

#define LOCATION_MAX ((size_t)32 << 10) /* an ID token of 16 KiB may be in it */
#define RANDOM_MAX 32

static ost_result random_text(const ost_login *login, size_t bytes, ost_arena *arena, ost_text *ret)
{
    unsigned char random[RANDOM_MAX];
    ost_result result = context_random(login->context, random, bytes);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)random, bytes}, ret);
    wipe(random, sizeof random);
    return result;
}

static ost_result make_transaction(const ost_login *login, const login_place *place,
                                   ost_text wanted, bool demanded, ost_arena *arena,
                                   login_transaction *ret)
{
    ost_text path = login_url_wanted(wanted);
    /* The callback itself is nothing to come back to. */
    if (text_is(text_slice(path, 0, text_find(path, '?', 0)),
                login_client_at(login, place).redirect_path))
        path = OST_TEXT("/");
    *ret = (login_transaction){.base = place->base, .wanted = path, .demanded = demanded};
    ost_result result = random_text(login, 16, arena, &ret->state);
    if (result == OST_OK)
        result = random_text(login, 16, arena, &ret->nonce);
    if (result == OST_OK)
        result = random_text(login, 32, arena, &ret->verifier);
    return result;
}

/* acr_values are separated by spaces (§3.1.2.1). */
static void add_demand(buffer *url, const ost_login_demand *demand)
{
    if (demand->max_age > 0) {
        buffer_append_format(url, "&max_age=%u", demand->max_age);
    }
    if (demand->acr_values == NULL || demand->acr_values[0] == NULL)
        return;
    buffer_append_string(url, "&acr_values=");
    for (const char *const *value = demand->acr_values; *value != NULL; value++) {
        if (value != demand->acr_values)
            buffer_append_string(url, "%20");
        percent_append(url, text_of(*value));
    }
}

static ost_result keep(buffer *url, ost_arena *arena, ost_text *ret_location)
{
    if (url->failed != OST_OK)
        return url->failed;
    char *copy = ost_arena_copy(arena, buffer_text(url));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_location = (ost_text){copy, url->len};
    return OST_OK;
}

static ost_result authorization_url(const ost_login *login, const login_place *place,
                                    const login_transaction *transaction,
                                    const ost_login_demand *demand, ost_arena *arena,
                                    ost_text *ret_location)
{
    unsigned char digest[32];
    ost_text challenge;
    ost_result result = ost_sha256(transaction->verifier, digest);
    if (result == OST_OK)
        result = base64url_encode_to(arena, (ost_text){(const char *)digest, 32}, &challenge);
    if (result != OST_OK)
        return result;
    const login_client client = login_client_at(login, place);
    const char *uri = ost_arena_format(arena, "%.*s%s", (int)transaction->base.len,
                                       transaction->base.data, client.redirect_path);
    const login_endpoints *endpoints = login_provider_take(login->provider);
    if (endpoints == NULL) {
        login_provider_want(login->provider);
        return OST_E_STATE;
    }
    buffer_auto buffer url = {0};
    buffer_init(&url, LOCATION_MAX);
    buffer_append_string(&url, endpoints->authorization);
    login_provider_give(endpoints);
    query_append(&url, "response_type", OST_TEXT("code"));
    query_append(&url, "client_id", text_of(client.id));
    query_append(&url, "redirect_uri", text_of(uri));
    query_append(&url, "scope", text_of(place->scope != NULL ? place->scope : login->scope));
    const char *resource = login_resource_at(login, place);
    if (resource != NULL)
        query_append(&url, "resource", text_of(resource));
    query_append(&url, "state", transaction->state);
    query_append(&url, "nonce", transaction->nonce);
    query_append(&url, "code_challenge", challenge);
    query_append(&url, "code_challenge_method", OST_TEXT("S256"));
    if (demand != NULL)
        add_demand(&url, demand);
    return uri != NULL ? keep(&url, arena, ret_location) : OST_E_MEMORY;
}

static ost_result seal_transaction(const ost_login *login, const login_place *place,
                                   const login_transaction *transaction, const ost_login_jar *jar,
                                   ost_arena *arena, ost_login_step *step)
{
    ost_text cookie = login_place_host_cookie(place, login->cookie_name, arena), packed, sealed;
    ost_text name = login_cookies_transaction(arena, cookie, transaction->state), begun = {0};
    if (name.data != NULL)
        begun = login_place_begun(place, name, arena);
    if (cookie.data == NULL || begun.data == NULL)
        return OST_E_MEMORY;
    ost_result result = login_pack_transaction(transaction, arena, &packed);
    if (result == OST_OK)
        result = login_seal_close(&login->transactions, begun, packed, LOGIN_TRANSACTION_SECONDS,
                                  arena, &sealed);
    if (result == OST_OK)
        result = login_cookies_prune(jar, cookie, step);
    if (result == OST_OK)
        result = login_cookies_add(step, name, sealed, LOGIN_TRANSACTION_SECONDS);
    return result;
}

/* The mark of a login that has just ended, but no session to show for it, not even one that is over
 * meanwhile. */
static ost_result check_return(const ost_login *login, const login_place *place,
                               const ost_login_jar *jar, ost_arena *arena)
{
    ost_text mark = login_mark_of(login_place_host_cookie(place, login->cookie_name, arena), arena);
    if (mark.data == NULL)
        return OST_E_MEMORY;
    ost_login_session session;
    if (login_cookies_get(jar, mark).data == NULL)
        return OST_OK;
    ost_result result = login_open(login, place, jar, arena, &session);
    return result == OST_OK || result == OST_E_REVOKED ? OST_OK : OST_E_CONFLICT;
}

ost_result login_begin(ost_login *login, const login_place *place, ost_text wanted,
                       const ost_login_demand *demand, const ost_login_jar *jar, ost_arena *arena,
                       ost_login_step *ret_step)
{
    if (login == NULL || !login_place_is_good(place) || jar == NULL || arena == NULL ||
        ret_step == NULL)
        return OST_E_ARGUMENT;
    if (login->client_id == NULL)
        return OST_E_STATE;
    ost_result result = check_return(login, place, jar, arena);
    if (result != OST_OK)
        return result;
    login_transaction transaction;
    ost_login_step step = {0};
    result = make_transaction(login, place, wanted, demand != NULL, arena, &transaction);
    if (result == OST_OK)
        result = authorization_url(login, place, &transaction, demand, arena, &step.location);
    if (result == OST_OK)
        result = seal_transaction(login, place, &transaction, jar, arena, &step);
    if (result == OST_OK)
        *ret_step = step;
    return result;
}

ost_result ost_login_begin(ost_login *login, ost_text base, ost_text wanted,
                           const ost_login_demand *demand, const ost_login_jar *jar,
                           ost_arena *arena, ost_login_step *ret_step)
{
    const login_place place = login_place_of(base);
    return login_begin(login, &place, wanted, demand, jar, arena, ret_step);
}

/* Without an end-session endpoint, the session ends here only. */
static ost_result logout_url(const ost_login *login, const login_place *place,
                             const ost_login_session *session, ost_arena *arena,
                             ost_text *ret_location)
{
    const char *home = ost_arena_format(arena, "%.*s/", OST_FORMAT(place->base));
    if (home == NULL)
        return OST_E_MEMORY;
    const login_endpoints *endpoints = login_provider_take(login->provider);
    buffer_auto buffer url = {0};
    buffer_init(&url, LOCATION_MAX);
    if (endpoints == NULL || endpoints->end_session == NULL) {
        buffer_append_string(&url, home);
    } else {
        buffer_append_string(&url, endpoints->end_session);
        query_append(&url, "client_id", text_of(login_client_at(login, place).id));
        query_append(&url, "post_logout_redirect_uri", text_of(home));
        if (session != NULL && session->id_token.len > 0)
            query_append(&url, "id_token_hint", session->id_token);
    }
    login_provider_give(endpoints);
    return keep(&url, arena, ret_location);
}

/* The session's cookies, and those of a time when they were for this host alone. */
static ost_result delete_session(const ost_login *login, const login_place *place, ost_text host,
                                 const ost_login_jar *jar, ost_arena *arena, ost_login_step *step)
{
    ost_text cookie = login_place_cookie(place, login->cookie_name, arena);
    if (cookie.data == NULL)
        return OST_E_MEMORY;
    ost_result result = login_cookies_split(jar, cookie, (ost_text){0}, arena, step);
    if (result == OST_OK && !text_equal(cookie, host))
        result = login_cookies_split(jar, host, (ost_text){0}, arena, step);
    return result;
}

ost_result login_end(ost_login *login, const login_place *place, const ost_login_session *session,
                     const ost_login_jar *jar, ost_arena *arena, ost_login_step *ret_step)
{
    if (login == NULL || !login_place_is_good(place) || jar == NULL || arena == NULL ||
        ret_step == NULL)
        return OST_E_ARGUMENT;
    if (login->client_id == NULL)
        return OST_E_STATE;
    ost_login_step step = {0};
    ost_text host = login_place_host_cookie(place, login->cookie_name, arena);
    ost_text mark = login_mark_of(host, arena);
    if (host.data == NULL || mark.data == NULL)
        return OST_E_MEMORY;
    ost_result result = logout_url(login, place, session, arena, &step.location);
    if (result == OST_OK)
        result = delete_session(login, place, host, jar, arena, &step);
    if (result == OST_OK && login_cookies_get(jar, mark).data != NULL)
        result = login_cookies_add(&step, mark, OST_TEXT(""), 0);
    if (result == OST_OK)
        *ret_step = step;
    return result;
}

ost_result ost_login_end(ost_login *login, ost_text base, const ost_login_session *session,
                         const ost_login_jar *jar, ost_arena *arena, ost_login_step *ret_step)
{
    const login_place place = login_place_of(base);
    return login_end(login, &place, session, jar, arena, ret_step);
}
