/* SPDX-License-Identifier: Apache-2.0 */
/* Identity providers of a realm in the admin REST API: users log in by them (upstream.h), and
 * assertions of theirs are taken (trusted_issuer.h). */
#include <stdlib.h>
#include <string.h>

#include "base/json/json_list.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/admin_rename.h"
#include "provider/admin/document_edit.h"
#include "provider/broker/identity_provider.h"
#include "provider/flow/broker_flow.h"
#include "provider/flow/flow_read.h"
#include "provider/member/masked.h"
#include "provider/member/member.h"
#include "provider/member/named_setting.h"
#include "provider/proof/upstream.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/uuid.h"
#include "store/user/user_link.h"

/* ---- showing ---- */

static void put_flag(ost_json_writer *w, const ost_json *idp, const char *name, bool absent)
{
    bool value = absent;
    if (!ost_json_boolean(ost_json_get(idp, name), &value))
        value = absent;
    ost_json_member_boolean(w, name, value);
}

static bool is_secret(ost_text name)
{
    static const char *const names[] = {"clientSecret", "clientAuthSecret", "privateKey", NULL};
    return text_is_one_of(name, names);
}

static void put_provider(const admin_call *a, ost_json_writer *w, const ost_json *idp)
{
    static const char *const shown[] = {"displayName", "firstBrokerLoginFlowAlias",
                                        "postBrokerLoginFlowAlias", NULL};
    const ost_json *config = ost_json_get(idp, "config");
    ost_text mode = part_text(idp, "updateProfileFirstLoginMode");
    ost_json_open_object(w);
    ost_json_member_text(w, "alias", part_text(idp, "alias"));
    ost_json_member_text(w, "internalId", identity_provider_id(a, idp));
    ost_json_member_text(w, "providerId", part_text(idp, "providerId"));
    for (size_t i = 0; shown[i] != NULL; i++) {
        if (part_text(idp, shown[i]).len > 0)
            ost_json_member_text(w, shown[i], part_text(idp, shown[i]));
    }
    put_flag(w, idp, "enabled", true);
    ost_json_member_text(w, "updateProfileFirstLoginMode", mode.len > 0 ? mode : OST_TEXT("on"));
    put_flag(w, idp, "trustEmail", false);
    put_flag(w, idp, "storeToken", false);
    put_flag(w, idp, "addReadTokenRoleOnCreate", false);
    put_flag(w, idp, "authenticateByDefault", false);
    put_flag(w, idp, "linkOnly", false);
    admin_put_settings(w, "config", config, is_secret);
    ost_json_close_object(w);
}

/* As Keycloak looks for them: "\"whole\"", "*within*", or how it begins. */
static bool is_searched(const ost_json *idp, ost_text search)
{
    ost_text alias = part_text(idp, "alias");
    bool quoted = search.len > 1 && text_starts(search, "\"") && text_ends(search, "\"");
    bool within = search.len > 1 && text_starts(search, "*") && text_ends(search, "*");
    if (quoted)
        return text_equal(alias, text_slice(search, 1, search.len - 2));
    if (within)
        return text_contains(alias, text_slice(search, 1, search.len - 2));
    if (text_ends(search, "*"))
        search = text_slice(search, 0, search.len - 1);
    return text_equal(text_slice(alias, 0, search.len), search);
}

static int by_alias(const void *one, const void *other)
{
    return text_compare(part_text(*(const ost_json *const *)one, "alias"),
                        part_text(*(const ost_json *const *)other, "alias"));
}

/* NULL: out of memory. */
static const ost_json **sorted(const admin_call *a, size_t *ret_count)
{
    size_t count = 0;
    const ost_json *list = ost_json_get(a->realm.realm->document, PROVIDERS);
    const ost_json **all = ost_arena_alloc(a->arena, (ost_json_count(list) + 1) * sizeof *all);
    for (const ost_json *at = ost_json_first(list); all != NULL && at != NULL;
         at = ost_json_next(at)) {
        if (part_text(at, "alias").len > 0)
            all[count++] = at;
    }
    if (all != NULL)
        qsort(all, count, sizeof *all, by_alias);
    *ret_count = count;
    return all;
}

ost_result admin_list_identity_providers(admin_call *a)
{
    int64_t first, max, at = 0;
    size_t count;
    ost_text search = admin_parameter(a, "search");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_number(a, "first", 0, &first) || !admin_number(a, "max", INT32_MAX, &max))
        return OST_OK;
    const ost_json **all = sorted(a, &count);
    if (all == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (size_t i = 0; i < count; i++) {
        if (!is_searched(all[i], search))
            continue;
        if (at >= first && at - first < max)
            put_provider(a, w, all[i]);
        at++;
    }
    ost_json_close_array(w);
    return admin_answer(a, w);
}

ost_result admin_read_identity_provider(admin_call *a)
{
    const ost_json *idp = identity_provider_find(a, a->values[1]);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (idp == NULL)
        return OST_OK;
    put_provider(a, w, idp);
    return admin_answer(a, w);
}

/* ---- changing ---- */

/* Why a flow cannot be had; NULL: it can. */
static const char *flow_fault(admin_call *a, ost_text alias, bool first)
{
    const ost_json *document = a->realm.realm->document;
    const char *why = broker_flow_fault(document, alias, first, a->arena);
    return why == NULL || flow_find_named(document, alias) != NULL
               ? why
               : named_setting_no_flow(alias, a->arena);
}

static bool check(admin_call *a)
{
    const char *why = NULL;
    if (!admin_body_of(a, &member_identity_provider))
        return false;
    const ost_json *config = ost_json_get(a->body, "config");
    ost_text alias = part_text(a->body, "alias");
    if (config != NULL && !ost_json_is(config, OST_JSON_OBJECT) &&
        !ost_json_is(config, OST_JSON_NULL)) {
        admin_refuse(a, 400, "error", "unknown_error");
        return false;
    }
    if (alias.len == 0)
        why = "'alias' is missing";
    else
        why = upstream_kind_fault(a->body, a->arena);
    if (why == NULL)
        why = flow_fault(a, part_text(a->body, "firstBrokerLoginFlowAlias"), true);
    if (why == NULL)
        why = flow_fault(a, part_text(a->body, "postBrokerLoginFlowAlias"), false);
    if (why != NULL)
        admin_refuse(a, 400, "errorMessage", why);
    else if (text_find(alias, ' ', 0) < alias.len)
        admin_refuse(a, 400, "error", "Empty Space not allowed.");
    return a->status == 0;
}

/* The body with the id, and with the secrets of before where it has their masks. */
static ost_result complete(admin_call *a, ost_text id, const ost_json *before,
                           const ost_json **ret_provider)
{
    const ost_json *old = ost_json_get(before, "config"), *config = ost_json_get(a->body, "config");
    ost_result result = document_put_text(a->body, "internalId", id, a->arena, ret_provider);
    for (const ost_json *at = ost_json_first(config); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        if (masked_is(at) && is_secret(ost_json_name(at)))
            result = document_put(config, ost_json_name(at),
                                  ost_json_get_text(old, ost_json_name(at)), a->arena, &config);
    }
    if (result == OST_OK && config != NULL)
        result = document_put(*ret_provider, OST_TEXT("config"), config, a->arena, ret_provider);
    return result;
}

ost_result admin_create_identity_provider(admin_call *a)
{
    const ost_json *idp, *list = ost_json_get(a->realm.realm->document, PROVIDERS);
    if (!check(a))
        return OST_OK;
    ost_text alias = part_text(a->body, "alias");
    if (json_list_find(list, "alias", alias) != NULL) {
        const char *why = ost_arena_format(a->arena, "Identity Provider %.*s already exists",
                                           (int)alias.len, alias.data);
        return admin_refuse(a, 409, "errorMessage", why != NULL ? why : "conflict");
    }
    ost_text id = uuid_text(a->call->provider->context, a->arena);
    ost_result result = id.data != NULL ? complete(a, id, NULL, &idp) : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_append(list, idp, a->arena, &list);
    if (result == OST_OK)
        result = admin_store_member(a, PROVIDERS, list);
    if (result != OST_OK || a->status != 0)
        return result;
    return admin_answer_created(
        a, ost_arena_format(a->arena, "/realms/%s/identity-provider/instances/%s",
                            percent_encode(a->arena, a->realm.row.name).data,
                            percent_encode(a->arena, alias).data));
}

ost_result admin_update_identity_provider(admin_call *a)
{
    const ost_json *idp = identity_provider_find(a, a->values[1]), *changed, *list;
    if (idp == NULL || !check(a))
        return OST_OK;
    if (!text_equal(part_text(a->body, "alias"), a->values[1]))
        return admin_refuse(a, 501, "error", "An identity provider keeps its alias");
    ost_result result = complete(a, identity_provider_id(a, idp), idp, &changed);
    if (result == OST_OK)
        result = document_replace(ost_json_get(a->realm.realm->document, PROVIDERS), idp, changed,
                                  a->arena, &list);
    if (result == OST_OK)
        result = admin_store_member(a, PROVIDERS, list);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

/* With its mappers and the links of users: whoever gets its alias next is somebody else. */
ost_result admin_delete_identity_provider(admin_call *a)
{
    const ost_json *document = a->realm.realm->document, *list, *mappers;
    const ost_json *idp = identity_provider_find(a, a->values[1]);
    if (idp == NULL)
        return OST_OK;
    ost_result result =
        document_replace(ost_json_get(document, PROVIDERS), idp, NULL, a->arena, &list);
    if (result == OST_OK)
        result = identity_provider_without_mappers(a, &mappers);
    if (result == OST_OK)
        result = document_put(document, OST_TEXT(PROVIDERS), list, a->arena, &document);
    if (result == OST_OK)
        result = document_put(document, OST_TEXT(PROVIDER_MAPPERS), mappers, a->arena, &document);
    const store_renaming links = {.kind = STORE_LINK_FEDERATED, .owner = a->values[1]};
    if (result == OST_OK)
        result = admin_rename(a, document, &links);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
