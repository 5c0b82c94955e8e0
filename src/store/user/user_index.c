/* SPDX-License-Identifier: Apache-2.0 */
/* Links of users to what their documents name; see user_index.h. */
#include "store/user/user_index.h"

#include "base/fold.h"
#include "base/text.h"
#include "store/user/user_record.h"

#define LONGEST_VALUE 255 /* of an attribute or id that users are found by */

static ost_text member_text(const ost_json *document, const char *name)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(document, name), &text);
    return text;
}

ost_result user_index_make(const store_user *user, ost_arena *arena, user_index *ret_index)
{
    user_index index = {0};
    if (ost_json_read(user->document, NULL, arena, &index.document, NULL) == OST_E_MEMORY)
        return OST_E_MEMORY;
    ost_text first = member_text(index.document, "firstName"),
             last = member_text(index.document, "lastName");
    char *search = ost_arena_format(
        arena, "%.*s\n%.*s\n%.*s\n%.*s", (int)user->username.len, user->username.data,
        (int)user->email.len, user->email.len > 0 ? user->email.data : "", (int)first.len,
        first.len > 0 ? first.data : "", (int)last.len, last.len > 0 ? last.data : "");
    if (search != NULL)
        index.search = text_fold(text_of(search), arena);
    if (index.search.data == NULL)
        return OST_E_MEMORY;
    if (!ost_json_boolean(ost_json_get(index.document, "emailVerified"), &index.verified))
        index.verified = false;
    index.service = ost_json_get(index.document, "serviceAccountClientId") != NULL;
    *ret_index = index;
    return OST_OK;
}

ost_result store_user_prepare(store_user *user, ost_arena *arena)
{
    user_index *index = ost_arena_alloc(arena, sizeof *index);
    ost_result result = index != NULL ? user_index_make(user, arena, index) : OST_E_MEMORY;
    if (result == OST_OK)
        user->index = index;
    return result;
}

/* ---- links ---- */

/* Adds or takes out, one link after the other; the first failure sticks. */
typedef struct linker {
    database *d;
    bool add;
    ost_text realm, username;
    ost_result result;
} linker;

static void link_one(linker *l, store_link kind, ost_text owner, ost_text name)
{
    static const char add[] = "INSERT INTO user_link (realm, kind, owner, name, username)"
                              " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
    static const char drop[] = "DELETE FROM user_link WHERE realm = ? AND kind = ? AND owner = ?"
                               " AND name = ? AND username = ?";
    statement *st = prepare(l->d, l->add ? add : drop);
    bind_text(st, 1, l->realm);
    bind_integer(st, 2, kind);
    bind_text(st, 3, owner);
    bind_text(st, 4, name);
    bind_text(st, 5, l->username);
    l->result = run_later(st);
}

static void link_list(linker *l, store_link kind, ost_text owner, const ost_json *names)
{
    ost_text name;
    for (const ost_json *at = ost_json_first(names); at != NULL && l->result == OST_OK;
         at = ost_json_next(at)) {
        if (ost_json_text(at, &name) && (kind != STORE_LINK_ATTRIBUTE || name.len <= LONGEST_VALUE))
            link_one(l, kind, owner, name);
    }
}

static void link_lists(linker *l, store_link kind, const ost_json *owners)
{
    for (const ost_json *at = ost_json_first(owners); at != NULL && l->result == OST_OK;
         at = ost_json_next(at)) {
        if (ost_json_is(at, OST_JSON_ARRAY))
            link_list(l, kind, ost_json_name(at), at);
    }
}

static void link_federated(linker *l, const ost_json *links)
{
    for (const ost_json *at = ost_json_first(links); at != NULL && l->result == OST_OK;
         at = ost_json_next(at)) {
        ost_text provider = member_text(at, "identityProvider"), id = member_text(at, "userId");
        if (provider.len > 0 && id.len > 0 && id.len <= LONGEST_VALUE)
            link_one(l, STORE_LINK_FEDERATED, provider, id);
    }
}

static ost_result link_all(linker l, const ost_json *document)
{
    link_list(&l, STORE_LINK_REALM_ROLE, (ost_text){0}, ost_json_get(document, "realmRoles"));
    link_list(&l, STORE_LINK_GROUP, (ost_text){0}, ost_json_get(document, "groups"));
    link_lists(&l, STORE_LINK_CLIENT_ROLE, ost_json_get(document, "clientRoles"));
    link_lists(&l, STORE_LINK_ATTRIBUTE, ost_json_get(document, "attributes"));
    link_federated(&l, ost_json_get(document, "federatedIdentities"));
    return l.result;
}

ost_result user_index_link(database *d, ost_text realm, ost_text username, const ost_json *document)
{
    return link_all((linker){.d = d, .add = true, .realm = realm, .username = username}, document);
}

ost_result user_index_unlink(database *d, ost_text realm, ost_text username,
                             const ost_json *document)
{
    return link_all((linker){.d = d, .realm = realm, .username = username}, document);
}
