/* SPDX-License-Identifier: Apache-2.0 */
/* The parameter `claims`; see requested_claims.h. */
#include "provider/session/requested_claims.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/session/session_level.h"

#define CLAIMS_BYTES_MAX ((size_t)8 << 10)
#define KEPT_BYTES_MAX ((size_t)4 << 10) /* it travels in the login form's action */

static const char *const places[] = {"id_token", "userinfo"};

bool requested_claim_is_of_user(ost_text name)
{
    static const char *const names[] = {"name",  "given_name", "family_name", "preferred_username",
                                        "email", NULL};
    return text_is_one_of(name, names);
}

bool requested_claim_may_be_chosen(ost_text path)
{
    static const char *const names[] = {"iss",   "aud",     "sub",    "exp",    "iat", "auth_time",
                                        "nonce", "acr",     "amr",    "azp",    "jti", "typ",
                                        "sid",   "at_hash", "c_hash", "s_hash", NULL};
    return path.len > 0 && !text_is_one_of(text_slice(path, 0, text_find(path, '.', 0)), names);
}

const ost_json *requested_claim(const ost_json *claims, const char *place, ost_text name)
{
    bool essential = false;
    const ost_json *claim = ost_json_get_text(ost_json_get(claims, place), name);
    (void)!ost_json_boolean(ost_json_get(claim, "essential"), &essential);
    return essential ? claim : NULL;
}

/* ---- what the client's mappers would answer ---- */

typedef struct question {
    const char *place;
    ost_text name; /* NULL data: any */
    const ost_json *claim;
} question;

static bool mapper_answers(const realm_mapper *mapper, const question *q)
{
    ost_text name;
    switch (mapper->known) {
    case MAPPER_REQUESTED_CLAIMS:
        return q->name.data == NULL || requested_claim_is_of_user(q->name);
    case MAPPER_REQUESTED_VALUE:
        return q->name.data == NULL ||
               (strcmp(q->place, "id_token") == 0 &&
                ost_json_text(ost_json_get(mapper->config, "claim.name"), &name) &&
                text_equal(name, q->name) && requested_claim_may_be_chosen(name) &&
                ost_json_is(ost_json_get(q->claim, "value"), OST_JSON_STRING));
    default:
        return false;
    }
}

static bool any_answers(const realm_mapper *mappers, size_t count, const question *q)
{
    for (size_t i = 0; i < count; i++) {
        if (mapper_answers(&mappers[i], q))
            return true;
    }
    return false;
}

static bool scopes_answer(const realm_scope *const *scopes, const question *q)
{
    for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++) {
        if (any_answers(scopes[i]->mappers, scopes[i]->mapper_count, q))
            return true;
    }
    return false;
}

static bool is_answered(const realm_client *client, const question *q)
{
    return any_answers(client->mappers, client->mapper_count, q) ||
           scopes_answer(client->default_scopes, q) || scopes_answer(client->optional_scopes, q);
}

bool requested_claims_matter(const realm_client *client)
{
    return is_answered(client, &(question){0});
}

/* ---- keeping ---- */

static void write_claim(ost_json_writer *w, ost_text name, const ost_json *claim)
{
    const ost_json *value = ost_json_get(claim, "value");
    ost_json_put_name(w, name);
    ost_json_open_object(w);
    ost_json_member_boolean(w, "essential", true);
    if (ost_json_is(value, OST_JSON_STRING))
        ost_json_member_value(w, "value", value);
    ost_json_close_object(w);
}

static bool write_place(ost_json_writer *w, const realm_client *client, const ost_json *claims,
                        const char *place)
{
    bool any = false;
    const ost_json *asked = ost_json_get(claims, place);
    if (!ost_json_is(asked, OST_JSON_OBJECT))
        return false;
    ost_json_put_name(w, text_of(place));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(asked); at != NULL; at = ost_json_next(at)) {
        const question q = {place, ost_json_name(at), at};
        if (requested_claim(claims, place, q.name) != at || !is_answered(client, &q))
            continue;
        write_claim(w, q.name, at);
        any = true;
    }
    ost_json_close_object(w);
    return any;
}

bool requested_claims_read(call *c, const realm_client *client, ost_text *ret_claims)
{
    static const ost_json_limits limits = {
        .max_bytes = CLAIMS_BYTES_MAX, .max_depth = 8, .max_values = 500};
    const ost_json *claims;
    ost_text kept, text = call_parameter(c, "claims");
    bool any = false;
    *ret_claims = (ost_text){0};
    if (text.len == 0 || !requested_claims_matter(client) ||
        ost_json_read(text, &limits, c->arena, &claims, NULL) != OST_OK ||
        !ost_json_is(claims, OST_JSON_OBJECT))
        return true;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    for (size_t i = 0; i < ARRAY_LEN(places); i++)
        any |= write_place(w, client, claims, places[i]);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &kept) != OST_OK || kept.len > KEPT_BYTES_MAX)
        return false;
    if (any)
        *ret_claims = kept;
    return true;
}

const ost_json *requested_claims_open(call *c, ost_text text)
{
    static const ost_json_limits limits = {.max_bytes = KEPT_BYTES_MAX};
    const ost_json *claims;
    return text.len > 0 && ost_json_read(text, &limits, c->arena, &claims, NULL) == OST_OK ? claims
                                                                                           : NULL;
}

ost_text requested_claims_notes(call *c, const reached_level *reached, ost_text claims)
{
    ost_text notes = {0};
    const ost_json *requested = requested_claims_open(c, claims);
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return notes;
    ost_json_open_object(w);
    reached_level_write(reached, w);
    ost_json_member_integer(w, "since", c->now);
    if (requested != NULL)
        ost_json_member_value(w, "claims", requested);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &notes) != OST_OK)
        call_refuse(c, 500, "server_error", NULL);
    return notes;
}

const ost_json *requested_claims_of(call *c, const store_client_session *part)
{
    const ost_json *notes;
    if (ost_json_read(part->notes, NULL, c->arena, &notes, NULL) != OST_OK)
        return NULL;
    return ost_json_get(notes, "claims");
}
