/* SPDX-License-Identifier: Apache-2.0 */
/* Links that wait for a proof; see upstream_enter.h. */
#include "provider/upstream/upstream_enter.h"

#include "base/fold.h"
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/call/call_event.h"
#include "provider/flow/broker_flow.h"
#include "provider/realm/role.h"
#include "provider/upstream/upstream_button.h"
#include "provider/upstream/upstream_change.h"
#include "provider/user/user_change.h"
#include "store/user/store_kept_token.h"
#include "store/user/user_record.h"

/* The address is theirs there, and so it is here, if it is the same. */
static ost_result verify_email(const upstream_identity *identity, const store_user *row,
                               ost_arena *arena, const ost_json **document)
{
    if (identity->email.len == 0 || json_true_of(*document, "emailVerified"))
        return OST_OK;
    ost_text folded = text_fold(identity->email, arena);
    if (folded.data == NULL)
        return OST_E_MEMORY;
    return text_equal(folded, row->email)
               ? document_put_boolean(*document, "emailVerified", true, arena, document)
               : OST_OK;
}

ost_result upstream_put_reader(call *c, const upstream *u, const ost_json **document)
{
    const ost_json *clients = ost_json_get(*document, "clientRoles"), *list;
    if (u == NULL || !u->gives_reader ||
        !role_exists(c->realm, OST_TEXT(UPSTREAM_READER_CLIENT), OST_TEXT(UPSTREAM_READER_ROLE)))
        return OST_OK;
    ost_result result = document_add_text(ost_json_get(clients, UPSTREAM_READER_CLIENT),
                                          OST_TEXT(UPSTREAM_READER_ROLE), c->arena, &list);
    if (result == OST_OK)
        result = document_put(clients, OST_TEXT(UPSTREAM_READER_CLIENT), list, c->arena, &clients);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("clientRoles"), clients, c->arena, document)
               : result;
}

/* What was kept while the proof was awaited is theirs from here on: a login does not fail of it. */
static void settle(call *c, const upstream_identity *identity, const authenticated_user *user)
{
    const upstream *u = upstreams_find(&c->realm->upstreams, identity->alias);
    const store_kept_token kept = {.realm = text_of(c->realm->name),
                                   .user_id = user->id,
                                   .provider = identity->alias,
                                   .user_there = identity->id};
    if (u != NULL && u->keeps_tokens &&
        store_kept_token_settle(c->provider->store, &kept) != OST_OK)
        http_add_detail(c->exchange, "upstream", OST_TEXT("its tokens were not kept"));
}

static ost_result link(call *c, const upstream_identity *identity, const authenticated_user *user)
{
    const ost_json *document = user->document;
    ost_result result = upstream_change_apply(c, identity->changes, &document);
    if (result == OST_OK)
        result = upstream_identity_link(identity, document, c->arena, &document);
    if (result == OST_OK)
        result = verify_email(identity, user->row, c->arena, &document);
    if (result == OST_OK)
        result = upstream_put_reader(c, upstreams_find(&c->realm->upstreams, identity->alias),
                                     &document);
    return result == OST_OK && document != user->document
               ? user_change_store(c->provider->store, c->realm, user->row, document, c->arena)
               : result;
}

static bool is_of(const upstream_identity *identity, const authenticated_user *user)
{
    const ost_json *at = ost_json_first(ost_json_get(user->document, "federatedIdentities"));
    while (at != NULL && !(text_equal(json_text_of(at, "identityProvider"), identity->alias) &&
                           text_equal(json_text_of(at, "userId"), identity->id)))
        at = ost_json_next(at);
    return at != NULL;
}

bool upstream_awaits_proof(call *c, ost_text text)
{
    upstream_identity identity;
    return upstream_identity_read(c, text, &identity) && identity.link.len > 0;
}

bool upstream_vouches(const upstream_identity *identity, const authenticated_user *user,
                      ost_arena *arena)
{
    ost_text folded = text_fold(identity->email, arena);
    return identity->email.len > 0 && folded.data != NULL && text_equal(folded, user->row->email) &&
           json_true_of(user->document, "emailVerified");
}

void upstream_put_flows(call *c, ost_text text, const authenticated_user *user,
                        flow_standing *standing)
{
    upstream_identity identity;
    if (!upstream_identity_read(c, text, &identity))
        return;
    const upstream *u = upstreams_find(&c->realm->upstreams, identity.alias);
    if (u == NULL)
        return;
    standing->post = u->post_flow;
    if (identity.link.len == 0)
        return;
    standing->first = u->first_flow;
    standing->vouched = upstream_vouches(&identity, user, c->arena);
}

bool upstream_takes_mails(call *c, ost_text text)
{
    upstream_identity identity;
    if (!upstream_identity_read(c, text, &identity) || identity.link.len == 0)
        return true;
    const upstream *u = upstreams_find(&c->realm->upstreams, identity.alias);
    /* That a provider is gone is told where the account would be linked. */
    return u == NULL || broker_flow_first(c->realm->document, u->first_flow).mail;
}

bool upstream_lets(call *c, ost_text text, ost_text name, const authenticated_user *user)
{
    upstream_identity identity;
    if (upstream_identity_read(c, text, &identity) && identity.link.len > 0)
        return text_equal(identity.link, user->id);
    return name.len == 0 || text_equal(name, user->username);
}

/* They have proven that the account is theirs: it is linked, unless another one is meanwhile. */
upstream_entry upstream_link(call *c, const upstream_identity *identity, authenticated_user *user)
{
    ost_text other;
    const ost_json *links = ost_json_get(user->document, "federatedIdentities");
    ost_result result = upstream_identity_find(c, identity->alias, identity->id, &other);
    if (result == OST_E_CONFLICT || (result == OST_OK && !text_equal(other, user->id)))
        return UPSTREAM_IS_LINKED;
    if (result == OST_OK || result == OST_E_NOT_FOUND)
        result = link(c, identity, user);
    if (result == OST_E_CONFLICT)
        return json_list_find(links, "identityProvider", identity->alias) != NULL
                   ? UPSTREAM_IS_LINKED
                   : UPSTREAM_HAS_CHANGED;
    if (result != OST_OK)
        return UPSTREAM_IS_BUSY;
    settle(c, identity, user);
    c->event.user = user->id;
    c->event.identity_provider = identity->alias;
    c->event.identity = identity->name;
    event_tell_before(c, EVENT_IDENTITY_PROVIDER_LINK_ACCOUNT);
    return authentication_load_user(c, identity->link, user) == OST_OK ? UPSTREAM_ENTERS
                                                                       : UPSTREAM_IS_BUSY;
}

upstream_entry upstream_enter(call *c, ost_text text, authenticated_user *user)
{
    upstream_identity identity;
    if (text.len == 0)
        return UPSTREAM_ENTERS;
    if (!upstream_identity_read(c, text, &identity))
        return UPSTREAM_IS_BUSY;
    if (upstream_usable(c, identity.alias) == NULL)
        return UPSTREAM_IS_GONE;
    if (identity.link.len == 0)
        return is_of(&identity, user) ? UPSTREAM_ENTERS : UPSTREAM_HAS_CHANGED;
    return text_equal(identity.link, user->id) ? upstream_link(c, &identity, user)
                                               : UPSTREAM_IS_ANOTHER;
}
