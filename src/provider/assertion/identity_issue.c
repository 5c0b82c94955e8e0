/* SPDX-License-Identifier: Apache-2.0 */
/* Issuing identity assertion authorization grants
 * (draft-ietf-oauth-identity-assertion-authz-grant-04 §4.3): a client that a user has logged in to
 * is given an assertion of who that is, for another authorization server that trusts this realm.
 * The client's attributes say for which ones, and which scopes it may have there. What it brings is
 * an ID token of its own, whose login is not over. */
#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/assertion/identity_assertion.h"
#include "provider/detail/authorization_details.h"
#include "provider/proof/attribute.h"
#include "provider/realm/uuid.h"
#include "provider/session/authentication.h"
#include "provider/session/bearer_token.h"
#include "provider/session/token_user.h"
#include "provider/token/answer_token.h"
#include "provider/token/resource.h"
#include "provider/token/token.h"

#define PERIOD 300 /* seconds: the client brings it at once */

typedef struct identity {
    ost_text audience, client_id; /* whom it is for, and the client there */
    ost_text scope;
    size_t resources;         /* how many are named */
    const ost_claims *claims; /* of the ID token */
} identity;

static bool issue_refuse(call *c, const char *error, const char *why)
{
    return call_refuse(c, 400, error, why);
}

/* ---- what may be asked for ---- */

/* "ISSUER" or "ISSUER CLIENT-ID". */
static bool is_audience(ost_text entry, ost_text wanted, ost_text *ret_client_id)
{
    ost_text rest = text_trim(entry), issuer;
    if (!text_next(&rest, ' ', &issuer) || !text_equal(issuer, wanted))
        return false;
    *ret_client_id = text_trim(rest);
    return true;
}

static size_t count_of(const call *c, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < c->form.count; i++) {
        if (text_is(c->form.pairs[i].name, name))
            count++;
    }
    return count;
}

static bool choose_audience(call *c, identity *is)
{
    ost_text list = c->client->identity_audiences, entry;
    is->audience = call_parameter(c, "audience");
    if (c->client->public_client)
        return issue_refuse(c, "invalid_client", "Public client is not allowed to exchange token");
    if (is->audience.len == 0)
        return issue_refuse(c, "invalid_request", "Missing parameter: audience");
    if (count_of(c, "audience") > 1)
        return issue_refuse(c, "invalid_request", "An identity assertion has one audience");
    while (attribute_next(&list, &entry)) {
        if (!is_audience(entry, is->audience, &is->client_id))
            continue;
        if (is->client_id.len == 0)
            is->client_id = text_of(c->client->client_id);
        return true;
    }
    return issue_refuse(c, "invalid_target",
                        "The client gets no identity assertions for this audience");
}

/* Without a request for scopes it is all that the client may have there. */
static bool choose_scopes(call *c, identity *is)
{
    ost_text allowed = c->client->identity_scopes, scope;
    is->scope = call_parameter(c, "scope");
    if (is->scope.len == 0)
        is->scope = allowed;
    for (ost_text rest = is->scope; text_next(&rest, ' ', &scope);) {
        if (!text_list_has(allowed, scope))
            return issue_refuse(c, "invalid_scope",
                                "The client gets no identity assertions for this scope");
    }
    return true;
}

static bool is_resource(const call *c, size_t i)
{
    return text_is(c->form.pairs[i].name, "resource") && c->form.pairs[i].value.len > 0;
}

/* The other server says which APIs it knows. */
static bool read_resources(call *c, identity *is)
{
    for (size_t i = 0; i < c->form.count; i++) {
        if (!is_resource(c, i))
            continue;
        if (is->resources++ == RESOURCES_MAX || !uri_is_absolute(c->form.pairs[i].value))
            return issue_refuse(c, "invalid_target", "Invalid resource");
    }
    return true;
}

static bool check_unsupported(call *c)
{
    static const char *const names[] = {"actor_token", "actor_token_type", "requested_subject",
                                        "requested_issuer", "subject_issuer"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (call_parameter(c, names[i]).len > 0)
            return issue_refuse(c, "invalid_request",
                                call_format(c, "Parameter '%s' is not supported", names[i]));
    }
    return details_are_absent(c);
}

/* ---- whose identity ---- */

static ost_result load_user(call *c, const ost_claims *claims)
{
    authenticated_user user;
    ost_text id;
    ost_result result = bearer_token_session(c, claims);
    if (result == OST_OK)
        result = token_user(c, c->client, claims, &id);
    if (result == OST_OK)
        result = authentication_load_user(c, id, &user);
    if (result == OST_OK)
        c->event.user = id;
    return result;
}

static bool read_subject(call *c, identity *is)
{
    ost_text client = text_of(c->client->client_id);
    if (!text_is(call_parameter(c, "subject_token_type"), TOKEN_TYPE_ID))
        return issue_refuse(c, "invalid_request",
                            "Parameter 'subject_token' supports ID tokens only");
    ost_result result =
        bearer_token_verify(c, call_parameter(c, "subject_token"), "ID", &is->claims);
    if (result == OST_OK && (!ost_claims_has_audience(is->claims, client) ||
                             !text_equal(ost_claims_text(is->claims, "azp"), client)))
        return issue_refuse(c, "invalid_grant", "The ID token is for another client");
    if (result == OST_OK && ost_claims_text(is->claims, "sid").len == 0)
        result = OST_E_NOT_FOUND; /* of no login */
    if (result == OST_OK)
        result = load_user(c, is->claims);
    if (result == OST_E_STORE || result == OST_E_BUSY)
        return call_refuse_busy(c);
    return result == OST_OK || issue_refuse(c, "invalid_grant", "Invalid token");
}

/* ---- the assertion ---- */

static void put_known(ost_json_writer *w, const ost_claims *claims, const char *name)
{
    const ost_json *value = ost_claims_get(claims, name);
    if (value != NULL)
        ost_json_member_value(w, name, value);
}

/* An address that nobody has proved to be the user's tells the other server nothing. */
static void put_identity(ost_json_writer *w, const ost_claims *claims)
{
    bool verified = false;
    put_known(w, claims, "auth_time");
    put_known(w, claims, "acr");
    put_known(w, claims, "amr");
    if (!ost_json_boolean(ost_claims_get(claims, "email_verified"), &verified) || !verified)
        return;
    put_known(w, claims, "email");
    put_known(w, claims, "email_verified");
}

static void put_resources(const call *c, ost_json_writer *w, const identity *is)
{
    if (is->resources == 0)
        return;
    ost_json_put_name(w, OST_TEXT("resource"));
    if (is->resources > 1)
        ost_json_open_array(w);
    for (size_t i = 0; i < c->form.count; i++) {
        if (is_resource(c, i))
            ost_json_put_text(w, c->form.pairs[i].value);
    }
    if (is->resources > 1)
        ost_json_close_array(w);
}

static bool write_assertion(call *c, const identity *is, ost_text *ret_json)
{
    ost_text id = uuid_text(c->provider->context, c->arena);
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_text(w, "jti", id);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_text(w, "sub", ost_claims_subject(is->claims));
    ost_json_member_text(w, "aud", is->audience);
    ost_json_member_text(w, "client_id", is->client_id);
    ost_json_member_integer(w, "exp", c->now + PERIOD);
    ost_json_member_integer(w, "iat", c->now);
    put_resources(c, w, is);
    if (is->scope.len > 0)
        ost_json_member_text(w, "scope", is->scope);
    put_identity(w, is->claims);
    ost_json_close_object(w);
    return (id.len > 0 && ost_json_writer_finish(w, ret_json) == OST_OK) ||
           call_refuse(c, 500, "server_error", NULL);
}

static void answer(call *c, const identity *is, ost_text assertion)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return;
    c->event.session = ost_claims_text(is->claims, "sid");
    ost_json_open_object(w);
    ost_json_member_text(w, "access_token", assertion);
    ost_json_member_integer(w, "expires_in", PERIOD);
    ost_json_member_string(w, "token_type", "N_A");
    ost_json_member_string(w, "issued_token_type", TOKEN_TYPE_IDENTITY_ASSERTION);
    if (is->scope.len > 0)
        ost_json_member_text(w, "scope", is->scope);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &c->answer) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
}

void grant_identity_assertion(call *c)
{
    identity is = {0};
    ost_text claims, assertion;
    if (choose_audience(c, &is) && check_unsupported(c) && choose_scopes(c, &is) &&
        read_resources(c, &is) && read_subject(c, &is) && write_assertion(c, &is, &claims) &&
        answer_sign(c, claims, c->client->access_alg, IDENTITY_ASSERTION_TYPE, &assertion))
        answer(c, &is, assertion);
}
