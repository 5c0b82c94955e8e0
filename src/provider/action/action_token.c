/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens of mails; see action_token.h. Their rows are among those of pushed requests, which have
 * the same life: they wait, are looked at, and are spent once. No client is named as theirs are. */
#include "provider/action/action_token.h"

#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/uuid.h"
#include "provider/session/internal_token.h"
#include "provider/user/required_action.h"
#include "provider/user/user_change.h"
#include "store/grant/store_pushed.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

const char *action_purpose_name(action_purpose purpose)
{
    static const char *const names[ACTION_PURPOSES] = {
        [ACTION_EXECUTE] = "execute-actions",
        [ACTION_VERIFY] = "verify-email",
        [ACTION_RESET] = "reset-credentials",
    };
    return names[purpose];
}

/* ---- the row ---- */

static ost_text owner_of(call *c, const action_token *t)
{
    return text_of(call_format(c, "%s %.*s", action_purpose_name(t->purpose), OST_FORMAT(t->user)));
}

static ost_result write_row(call *c, const action_token *t, ost_text *ret)
{
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "email", t->email);
    ost_json_member_text(w, "client", t->client);
    ost_json_member_text(w, "redirect_uri", t->redirect_uri);
    ost_json_member_text(w, "login", t->login);
    ost_json_member_text(w, "actions", t->actions);
    ost_json_member_integer(w, "since", t->password_since);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret);
}

static bool read_row(ost_text row, ost_arena *arena, action_token *t)
{
    const ost_json *d;
    return ost_json_read(row, NULL, arena, &d, NULL) == OST_OK &&
           ost_json_text(ost_json_get(d, "email"), &t->email) &&
           ost_json_text(ost_json_get(d, "client"), &t->client) &&
           ost_json_text(ost_json_get(d, "redirect_uri"), &t->redirect_uri) &&
           ost_json_text(ost_json_get(d, "login"), &t->login) &&
           ost_json_text(ost_json_get(d, "actions"), &t->actions) &&
           ost_json_integer(ost_json_get(d, "since"), &t->password_since);
}

/* Of the name its hash alone: who reads the store makes no link. */
static ost_result store_row(call *c, const action_token *t, size_t limit)
{
    store_pushed row = {
        .realm = text_of(c->realm->name), .client_id = owner_of(c, t), .expires = t->expires};
    ost_result result = call_hash(c, t->id, &row.id);
    if (result == OST_OK && row.client_id.data == NULL)
        result = OST_E_MEMORY;
    if (result == OST_OK)
        result = write_row(c, t, &row.parameters);
    return result == OST_OK ? store_pushed_create(c->provider->store, &row, limit, c->now) : result;
}

/* ---- the token ---- */

static bool sign(call *c, const action_token *t, ost_text *ret)
{
    ost_text claims;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    ost_json_open_object(w);
    ost_json_member_integer(w, "exp", t->expires);
    ost_json_member_integer(w, "iat", c->now);
    ost_json_member_text(w, "jti", t->id);
    ost_json_member_string(w, "iss", c->issuer);
    ost_json_member_string(w, "aud", c->issuer);
    ost_json_member_text(w, "sub", t->user);
    ost_json_member_string(w, "typ", action_purpose_name(t->purpose));
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &claims) == OST_OK &&
           internal_token_make(c, claims, "JWT", ret);
}

ost_result action_token_make(call *c, action_token *t, size_t limit, ost_text *ret_link)
{
    ost_text key;
    t->id = uuid_text(c->provider->context, c->arena);
    if (t->id.data == NULL || !sign(c, t, &key))
        return OST_E_MEMORY;
    const char *link =
        call_format(c, "%s/login-actions/action-token?key=%.*s", c->issuer, OST_FORMAT(key));
    if (link == NULL)
        return OST_E_MEMORY;
    ost_result result = store_row(c, t, limit);
    if (result == OST_OK)
        *ret_link = text_of(link);
    return result;
}

static ost_result read_purpose(call *c, ost_text key, action_token *t, const ost_claims **ret)
{
    ost_result result = OST_E_TOKEN_TYPE;
    for (unsigned i = 0; i < ACTION_PURPOSES && result == OST_E_TOKEN_TYPE; i++) {
        t->purpose = (action_purpose)i;
        result = internal_token_read(c, key, action_purpose_name(t->purpose), ret);
    }
    return result;
}

static ost_result look(call *c, const action_token *t, ost_text *ret_row)
{
    ost_text id, owner = owner_of(c, t);
    if (owner.data == NULL)
        return OST_E_MEMORY;
    if (t->expires <= c->now)
        return OST_E_EXPIRED;
    ost_result result = call_hash(c, t->id, &id);
    return result == OST_OK ? store_pushed_begin(c->provider->store, text_of(c->realm->name), owner,
                                                 id, c->now, t->expires, c->arena, ret_row)
                            : result;
}

ost_result action_token_peek(call *c, const action_token *t)
{
    ost_text row;
    return look(c, t, &row);
}

ost_result action_token_read(call *c, ost_text key, action_token *ret)
{
    const ost_claims *claims;
    action_token t = {0};
    ost_text row;
    ost_result result = read_purpose(c, key, &t, &claims);
    if (result != OST_OK)
        return result;
    t.id = ost_claims_text(claims, "jti");
    t.user = ost_claims_subject(claims);
    t.expires = ost_claims_expiry(claims);
    result = look(c, &t, &row);
    if (result == OST_OK && !read_row(row, c->arena, &t))
        result = OST_E_FORMAT;
    if (result == OST_OK)
        *ret = t;
    return result;
}

ost_result action_token_spend(call *c, const action_token *t)
{
    ost_text id;
    ost_result result = call_hash(c, t->id, &id);
    return result == OST_OK
               ? store_pushed_spend(c->provider->store, text_of(c->realm->name), id, c->now)
               : result;
}

/* ---- whom it is about ---- */

static bool sets_password(const action_token *t)
{
    return t->purpose == ACTION_RESET || text_list_has(t->actions, OST_TEXT("UPDATE_PASSWORD"));
}

ost_result action_token_user(call *c, const action_token *t, authenticated_user *ret_user)
{
    ost_text email = {0};
    authenticated_user user;
    ost_result result = authentication_load_user(c, t->user, &user);
    if (result != OST_OK)
        return result;
    (void)!ost_json_text(ost_json_get(user.document, "email"), &email);
    if (!text_equal(email, t->email) ||
        (sets_password(t) && user.password_since != t->password_since))
        return OST_E_EXPIRED;
    *ret_user = user;
    return OST_OK;
}

static ost_result put_verified(call *c, const ost_json *document, const ost_json **ret)
{
    const ost_json *left;
    ost_result result = document_put_boolean(document, "emailVerified", true, c->arena, &document);
    if (result == OST_OK)
        result = document_remove_text(ost_json_get(document, "requiredActions"),
                                      OST_TEXT("VERIFY_EMAIL"), c->arena, &left);
    if (result == OST_OK && ost_json_count(ost_json_get(document, "requiredActions")) > 0)
        result = document_put(document, OST_TEXT("requiredActions"), left, c->arena, &document);
    *ret = document;
    return result;
}

ost_result action_token_verify(call *c, const action_token *t)
{
    store_user user;
    const ost_json *document;
    ost_text email = {0};
    ost_result result =
        store_user_get(c->provider->store, text_of(c->realm->name), t->user, c->arena, &user);
    if (result == OST_OK)
        result = ost_json_read(user.document, NULL, c->arena, &document, NULL);
    if (result != OST_OK)
        return result;
    (void)!ost_json_text(ost_json_get(document, "email"), &email);
    if (!text_equal(email, t->email))
        return OST_E_CONFLICT;
    result = put_verified(c, document, &document);
    return result == OST_OK
               ? user_change_store(c->provider->store, c->realm, &user, document, c->arena)
               : result;
}
