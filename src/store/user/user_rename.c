/* SPDX-License-Identifier: Apache-2.0 */
/* New names for what users' documents name, or none; see user_index.h. */
#include "base/text.h"
#include "store/lock.h"
#include "store/user/user_index.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"
#include "store/user/user_secret.h"
#include "store/user/user_within.h"

#define NAMES_MEMORY ((size_t)256 << 20)    /* of all users whose documents change */
#define DOCUMENT_MEMORY ((size_t)128 << 20) /* while one document is written anew */

/* ---- documents ---- */

static bool is_below(ost_text path, ost_text group)
{
    return path.len > group.len && path.data[group.len] == '/' &&
           text_equal(text_slice(path, 0, group.len), group);
}

/* A group takes those below it along. What has no new name is left out. */
static void put_renamed(ost_json_writer *w, ost_text name, const store_renaming *r,
                        ost_arena *arena)
{
    bool below = r->kind == STORE_LINK_GROUP && is_below(name, r->from);
    if (!below && !text_equal(name, r->from)) {
        ost_json_put_text(w, name);
    } else if (r->to.len > 0) {
        ost_text rest = text_slice(name, r->from.len, name.len);
        char *renamed = ost_arena_format(arena, "%.*s%.*s", (int)r->to.len, r->to.data,
                                         (int)rest.len, rest.len > 0 ? rest.data : "");
        ost_json_put_text(w, renamed != NULL ? text_of(renamed) : r->to);
    }
}

static void put_list(ost_json_writer *w, const ost_json *list, const store_renaming *r,
                     ost_arena *arena)
{
    ost_text name;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name))
            put_renamed(w, name, r, arena);
        else
            ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
}

/* A client without name to rename loses all its roles. */
static void put_owners(ost_json_writer *w, const ost_json *owners, const store_renaming *r,
                       ost_arena *arena)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(owners); at != NULL; at = ost_json_next(at)) {
        bool meant = text_equal(ost_json_name(at), r->owner);
        if (meant && r->from.len == 0)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        if (meant && ost_json_is(at, OST_JSON_ARRAY))
            put_list(w, at, r, arena);
        else
            ost_json_put_value(w, at);
    }
    ost_json_close_object(w);
}

/* Of an identity provider all links go. */
static void put_federated(ost_json_writer *w, const ost_json *links, const store_renaming *r)
{
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(links); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_equals(ost_json_get(at, "identityProvider"), r->owner))
            ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
}

static ost_result rewrite(ost_text document, const store_renaming *r, ost_arena *arena,
                          ost_text *ret_document)
{
    static const char *const members[] = {[STORE_LINK_REALM_ROLE] = "realmRoles",
                                          [STORE_LINK_CLIENT_ROLE] = "clientRoles",
                                          [STORE_LINK_GROUP] = "groups",
                                          [STORE_LINK_FEDERATED] = "federatedIdentities"};
    const ost_json *read;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = ost_json_read(document, NULL, arena, &read, NULL);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(read); at != NULL; at = ost_json_next(at)) {
        ost_json_put_name(w, ost_json_name(at));
        if (!text_equal(ost_json_name(at), text_of(members[r->kind])))
            ost_json_put_value(w, at);
        else if (r->kind == STORE_LINK_CLIENT_ROLE)
            put_owners(w, at, r, arena);
        else if (r->kind == STORE_LINK_FEDERATED)
            put_federated(w, at, r);
        else
            put_list(w, at, r, arena);
    }
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_document);
}

/* ---- rows ---- */

/* ?1 realm, ?2 kind, ?3 owner, ?4 what it is called. '0' comes after '/'. */
#define LINKS                                                                                      \
    " user_link WHERE realm = ?1 AND kind = ?2 AND owner = ?3 AND (name = ?4"                      \
    " OR (?2 IN (2, 5) AND ?4 = '') OR (?2 = 3 AND name > ?4 || '/' AND name < ?4 || '0'))"

static statement *prepare_links(database *d, const char *sql, ost_text realm,
                                const store_renaming *r)
{
    statement *st = prepare(d, sql);
    bind_text(st, 1, realm);
    bind_integer(st, 2, r->kind);
    bind_text(st, 3, r->owner);
    bind_text(st, 4, r->from);
    return st;
}

/* The names of those whose documents change, a line each. */
static ost_result read_names(database *d, ost_text realm, const store_renaming *r, ost_arena *arena,
                             ost_text **ret_names, size_t *ret_count)
{
    ost_text *names = NULL;
    int64_t room = 0;
    size_t count = 0;
    bool failed = false;
    ost_result result = next_number(
        prepare_links(d, "SELECT count(DISTINCT username) FROM" LINKS, realm, r), &room);
    if (result != OST_OK)
        return result;
    names = ost_arena_alloc(arena, ((size_t)room + 1) * sizeof *names);
    if (names == NULL)
        return OST_E_MEMORY;
    statement *st = prepare_links(d, "SELECT DISTINCT username FROM" LINKS, realm, r);
    while (count < (size_t)room && (result = next_row(st)) == OST_OK)
        names[count++] = column_text(st, 0, arena, &failed);
    reset_statement(st);
    if (failed)
        return OST_E_MEMORY;
    *ret_names = names;
    *ret_count = count;
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result rename_in_user(database *d, ost_text realm, ost_text username,
                                 const store_renaming *r, ost_arena *arena)
{
    bool failed = false;
    ost_text document;
    store_user user = {.realm = realm};
    sealed_text_auto sealed = {0};
    statement *st = PREPARED(d, "SELECT document, id FROM user WHERE realm = ? AND username = ?",
                             realm, username);
    ost_result result = next_row(st);
    if (result != OST_OK)
        return result == OST_E_NOT_FOUND ? OST_OK : result;
    document = column_text(st, 0, arena, &failed);
    user.id = column_text(st, 1, arena, &failed);
    reset_statement(st);
    if (failed)
        return OST_E_MEMORY;
    result = user_secret_open(d, realm, user.id, document, arena, &document);
    if (result == OST_OK)
        result = rewrite(document, r, arena, &user.document);
    if (result == OST_OK)
        result = user_secret_seal(d, &user, &sealed);
    return result == OST_OK ? run_change(PREPARED(d,
                                                  "UPDATE user SET document = ? WHERE realm = ? "
                                                  "AND username = ?",
                                                  sealed.text, realm, username))
                            : result;
}

static ost_result rename_in_users(database *d, ost_text realm, const store_renaming *r)
{
    ost_text *names = NULL;
    size_t count = 0;
    ost_arena *arena = ost_arena_new(NAMES_MEMORY), *work = ost_arena_new(DOCUMENT_MEMORY);
    ost_result result = arena != NULL && work != NULL
                            ? read_names(d, realm, r, arena, &names, &count)
                            : OST_E_MEMORY;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        result = rename_in_user(d, realm, names[i], r, work);
        ost_arena_reset(work);
    }
    ost_arena_free(work);
    ost_arena_free(arena);
    return result;
}

static ost_result rename_links(database *d, ost_text realm, const store_renaming *r)
{
    static const char add[] =
        "INSERT INTO user_link (realm, kind, owner, name, username) SELECT realm, kind, owner,"
        " ?5 || substr(name, length(?4) + 1), username FROM" LINKS " ON CONFLICT DO NOTHING";
    ost_result result = OST_OK;
    if (r->to.len > 0) {
        statement *st = prepare_links(d, add, realm, r);
        bind_text(st, 5, r->to);
        result = run_statement(st, NULL);
    }
    return result == OST_OK ? run_statement(prepare_links(d, "DELETE FROM" LINKS, realm, r), NULL)
                            : result;
}

ost_result user_index_rename(database *d, ost_text realm, const store_renaming *r)
{
    ost_result result = lock_users(d);
    if (result == OST_OK)
        result = rename_in_users(d, realm, r);
    if (result == OST_OK)
        result = rename_links(d, realm, r);
    return result == OST_OK && r->kind == STORE_LINK_FEDERATED
               ? drop_provider_tokens(d, realm, r->owner)
               : result;
}
