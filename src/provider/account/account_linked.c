/* SPDX-License-Identifier: Apache-2.0 */
/* Accounts at identity providers, in the account REST API: which there are, the address at which a
 * browser makes a link in Keycloak's older way (broker_client_link.c), and the end of a link,
 * unless it is the last way in. Today's links are made by an action of a login (kc_action). */
#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/account/account_call.h"
#include "provider/account/account_user.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/uuid.h"

#define CONSOLE "account-console" /* whose the link is, whatever client asks for it */

static const ost_json *find_link(const account_call *a, ost_text alias)
{
    return json_list_find(ost_json_get(a->document, "federatedIdentities"), "identityProvider",
                          alias);
}

static void put_linked(const account_call *a, ost_json_writer *w, const ost_json *identity_provider)
{
    ost_text alias = part_text(identity_provider, "alias");
    ost_text name = part_text(identity_provider, "displayName");
    const ost_json *link = find_link(a, alias);
    ost_json_open_object(w);
    ost_json_member_boolean(w, "connected", link != NULL);
    ost_json_member_text(w, "providerAlias", alias);
    ost_json_member_text(w, "providerName", alias);
    ost_json_member_text(w, "displayName", name.len > 0 ? name : alias);
    if (link != NULL)
        ost_json_member_text(w, "linkedUsername", part_text(link, "userName"));
    ost_json_member_boolean(w, "social", false);
    ost_json_close_object(w);
}

static bool is_shown(const account_call *a, const ost_json *identity_provider)
{
    ost_text when = part_text(ost_json_get(identity_provider, "config"), "showInAccountConsole");
    return !text_is(when, "NEVER") && (!text_is(when, "WHEN_LINKED") ||
                                       find_link(a, part_text(identity_provider, "alias")) != NULL);
}

ost_result account_list_linked(account_call *a)
{
    const ost_json *list = ost_json_get(a->call->realm->document, "identityProviders");
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (json_true_of(at, "enabled") && is_shown(a, at))
            put_linked(a, w, at);
    }
    ost_json_close_array(w);
    return account_answer(a, w);
}

static bool is_provider(const account_call *a, ost_text alias)
{
    return json_list_find(ost_json_get(a->call->realm->document, "identityProviders"), "alias",
                          alias) != NULL;
}

/* It counts in a browser of that session alone, in which the console has a part. Whether the
 * address is one of the console's is asked there. */
static ost_result answer_address(account_call *a, ost_text redirect_uri)
{
    call *c = a->call;
    ost_text hash = {0}, nonce = uuid_text(c->provider->context, c->arena);
    ost_text alias = percent_encode(c->arena, a->value);
    ost_text to = percent_encode(c->arena, redirect_uri);
    const char *whole = ost_arena_format(c->arena, "%.*s%.*s" CONSOLE "%.*s", OST_FORMAT(nonce),
                                         OST_FORMAT(a->session), OST_FORMAT(a->value));
    ost_json_writer *w = ost_json_writer_new(c->arena, 0);
    if (nonce.data == NULL || alias.data == NULL || to.data == NULL || whole == NULL || w == NULL)
        return OST_E_MEMORY;
    ost_result result = call_hash(c, text_of(whole), &hash);
    const char *address = ost_arena_format(
        c->arena,
        "%s/broker/%.*s/link?nonce=%.*s&hash=%.*s&client_id=" CONSOLE "&redirect_uri=%.*s",
        c->issuer, OST_FORMAT(alias), OST_FORMAT(nonce), OST_FORMAT(hash), OST_FORMAT(to));
    if (result != OST_OK || address == NULL)
        return result != OST_OK ? result : OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_string(w, "accountLinkUri", address);
    ost_json_member_text(w, "nonce", nonce);
    ost_json_member_text(w, "hash", hash);
    ost_json_close_object(w);
    return account_answer(a, w);
}

/* Keycloak 24 answers 500 where no address is named. */
ost_result account_link_address(account_call *a)
{
    ost_text redirect_uri = http_form_get(&a->query, "redirectUri");
    if (!is_provider(a, a->value))
        return account_refuse(a, 400, "errorMessage", "identityProviderNotFoundMessage");
    if (redirect_uri.len == 0)
        return account_refuse(a, 400, "errorMessage", "invalidRedirectUriMessage");
    if (a->session.len == 0)
        return account_refuse(a, 400, "errorMessage", "sessionNotActiveMessage");
    return answer_address(a, redirect_uri);
}

/* Whether they may log in by another account elsewhere, as things stand: Keycloak counts all. */
static bool has_other(const account_call *a, const ost_json *link)
{
    const upstreams *all = &a->call->realm->upstreams;
    const ost_json *at = ost_json_first(ost_json_get(a->document, "federatedIdentities"));
    for (; at != NULL; at = ost_json_next(at)) {
        const upstream *u = upstreams_find(all, part_text(at, "identityProvider"));
        if (at != link && u != NULL && u->barred == NULL && !u->link_only)
            return true;
    }
    return false;
}

ost_result account_unlink(account_call *a)
{
    const ost_json *links = ost_json_get(a->document, "federatedIdentities"), *document;
    const ost_json *link = find_link(a, a->value);
    if (!is_provider(a, a->value))
        return account_refuse(a, 400, "errorMessage", "identityProviderNotFoundMessage");
    if (link == NULL)
        return account_refuse(a, 400, "errorMessage", "This identity is not active anymore.");
    if (a->user.password.len == 0 && !has_other(a, link))
        return account_refuse(
            a, 400, "errorMessage",
            "You can't remove last federated identity as you don't have a password.");
    ost_result result = document_replace(links, link, NULL, a->call->arena, &links);
    if (result == OST_OK)
        result = document_put(a->document, OST_TEXT("federatedIdentities"), links, a->call->arena,
                              &document);
    return result == OST_OK ? account_store_user(a, document, EVENT_UPDATE_PROFILE) : result;
}
