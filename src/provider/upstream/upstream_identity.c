/* SPDX-License-Identifier: Apache-2.0 */
/* Identities at identity providers; see upstream_identity.h. */
#include "provider/upstream/upstream_identity.h"

#include "base/json/json_list.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/session/session_note.h"
#include "store/search/user_search.h"
#include "store/user/user_link.h"
#include "store/user/user_record.h"

#define LINKS "federatedIdentities"

/* ---- on the way ---- */

#define NAMES 10
static const char *const names[NAMES] = {"alias", "id",        "name",  "email",   "session",
                                         "token", "auth_time", "notes", "changes", "link"};

static void list_texts(upstream_identity *i, ost_text *ret_texts[NAMES])
{
    ost_text *const texts[] = {&i->alias,    &i->id,        &i->name,  &i->email,   &i->session,
                               &i->id_token, &i->auth_time, &i->notes, &i->changes, &i->link};
    for (size_t k = 0; k < NAMES; k++)
        ret_texts[k] = texts[k];
}

bool upstream_identity_write(call *c, const upstream_identity *identity, ost_text *ret_text)
{
    upstream_identity copy = *identity;
    ost_text *texts[NAMES];
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return false;
    list_texts(&copy, texts);
    ost_json_open_object(w);
    for (size_t i = 0; i < NAMES; i++) {
        if (texts[i]->len > 0)
            ost_json_member_text(w, names[i], *texts[i]);
    }
    ost_json_close_object(w);
    return ost_json_writer_finish(w, ret_text) == OST_OK ||
           call_refuse(c, 500, "server_error", NULL);
}

bool upstream_identity_read(call *c, ost_text text, upstream_identity *ret_identity)
{
    const ost_json *object;
    ost_text *texts[NAMES];
    if (text.len == 0 || ost_json_read(text, NULL, c->arena, &object, NULL) != OST_OK)
        return false;
    *ret_identity = (upstream_identity){0};
    list_texts(ret_identity, texts);
    for (size_t i = 0; i < NAMES; i++)
        *texts[i] = json_text_of(object, names[i]);
    return ret_identity->alias.len > 0 && ret_identity->id.len > 0;
}

/* It is anybody's who has an account there: text that leads away, in a mail above all, stays text.
 */
ost_text upstream_identity_shown(const upstream_identity *identity, ost_arena *arena)
{
    size_t end = 0, count = 0;
    char *copy = ost_arena_copy(arena, identity->name);
    if (copy == NULL)
        return (ost_text){0};
    text_make_printable(copy, identity->name.len);
    for (; end < identity->name.len; end++) {
        if (((unsigned char)copy[end] & 0xC0) != 0x80 && count++ == UPSTREAM_SHOWN_MAX)
            break;
        if (copy[end] == '/' || copy[end] == '\\' || copy[end] == ':')
            copy[end] = '?';
    }
    return end == identity->name.len
               ? (ost_text){copy, end}
               : text_of(ost_arena_format(arena, "%.*s\xE2\x80\xA6", (int)end, copy));
}

/* ---- the link ---- */

ost_result upstream_identity_link(const upstream_identity *identity, const ost_json *document,
                                  ost_arena *arena, const ost_json **ret_document)
{
    const ost_json *links = ost_json_get(document, LINKS), *link = NULL;
    const ost_json *before = json_list_find(links, "identityProvider", identity->alias);
    if (before != NULL) {
        *ret_document = document;
        return text_equal(json_text_of(before, "userId"), identity->id) ? OST_OK : OST_E_CONFLICT;
    }
    ost_result result = document_put_text(NULL, "identityProvider", identity->alias, arena, &link);
    if (result == OST_OK)
        result = document_put_text(link, "userId", identity->id, arena, &link);
    if (result == OST_OK)
        result = document_put_text(link, "userName", identity->name, arena, &link);
    if (result == OST_OK)
        result = document_append(links, link, arena, &links);
    return result == OST_OK ? document_put(document, OST_TEXT(LINKS), links, arena, ret_document)
                            : result;
}

ost_result upstream_identity_rename(const upstream_identity *identity, const ost_json *document,
                                    ost_arena *arena, const ost_json **ret_document)
{
    const ost_json *links = ost_json_get(document, LINKS), *link;
    const ost_json *before = json_list_find(links, "identityProvider", identity->alias);
    *ret_document = document;
    if (before == NULL || text_equal(json_text_of(before, "userName"), identity->name) ||
        !text_equal(json_text_of(before, "userId"), identity->id))
        return OST_OK;
    ost_result result = document_put_text(before, "userName", identity->name, arena, &link);
    if (result == OST_OK)
        result = document_replace(links, before, link, arena, &links);
    return result == OST_OK ? document_put(document, OST_TEXT(LINKS), links, arena, ret_document)
                            : result;
}

ost_result upstream_identity_find(call *c, ost_text alias, ost_text id, ost_text *ret_user_id)
{
    const store_renaming link = {.kind = STORE_LINK_FEDERATED, .owner = alias, .from = id};
    store_user *users;
    size_t count = 0;
    ost_result result = store_user_linked(c->provider->store, text_of(c->realm->name), &link, 0, 2,
                                          c->arena, &users, &count);
    if (result == OST_OK && count != 1)
        result = count == 0 ? OST_E_NOT_FOUND : OST_E_CONFLICT;
    if (result == OST_OK)
        *ret_user_id = users[0].id;
    return result;
}

/* ---- the session ---- */

static const char *const notes_of[NAMES] = {"identity_provider",
                                            "broker_user_id",
                                            "identity_provider_identity",
                                            NULL,
                                            "broker_session_id",
                                            "FEDERATED_ID_TOKEN",
                                            NULL,
                                            SESSION_NOTES_MAPPED,
                                            NULL,
                                            NULL};

bool upstream_identity_note(call *c, const upstream_identity *identity, ost_text notes,
                            ost_text *ret_notes)
{
    upstream_identity copy = *identity;
    const ost_json *object;
    ost_text *texts[NAMES];
    ost_result result = ost_json_read(notes, NULL, c->arena, &object, NULL);
    list_texts(&copy, texts);
    for (size_t i = 0; i < NAMES && result == OST_OK; i++) {
        if (notes_of[i] == NULL)
            continue;
        result = texts[i]->len > 0
                     ? document_put_text(object, notes_of[i], *texts[i], c->arena, &object)
                     : document_put(object, text_of(notes_of[i]), NULL, c->arena, &object);
    }
    if (result == OST_OK)
        *ret_notes = ost_json_source(object);
    return result == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

bool upstream_identity_of_notes(ost_text notes, ost_arena *arena, upstream_identity *ret_identity)
{
    const ost_json *object;
    ost_text *texts[NAMES];
    if (ost_json_read(notes, NULL, arena, &object, NULL) != OST_OK ||
        ost_json_get(object, notes_of[0]) == NULL)
        return false;
    *ret_identity = (upstream_identity){0};
    list_texts(ret_identity, texts);
    for (size_t i = 0; i < NAMES; i++) {
        if (notes_of[i] != NULL)
            *texts[i] = json_text_of(object, notes_of[i]);
    }
    return true;
}
