/* SPDX-License-Identifier: Apache-2.0 */
/* Changes that wait for a proof; see upstream_change.h. */
#include "provider/upstream/upstream_change.h"

#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/session/internal_token.h"

#define CHANGES_MAX 1024 /* bytes: they travel in addresses */
#define OF "of"          /* the hash of the document that they are about, */
#define PUT "put"        /* and its members; null: taken out */

static bool is_same(const ost_json *one, const ost_json *other)
{
    return one != NULL && other != NULL && text_equal(ost_json_source(one), ost_json_source(other));
}

/* Whether there are any. */
static bool put_changes(ost_json_writer *w, const ost_json *before, const ost_json *after)
{
    bool any = false;
    for (const ost_json *at = ost_json_first(after); at != NULL; at = ost_json_next(at)) {
        if (is_same(ost_json_get_text(before, ost_json_name(at)), at))
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
        any = true;
    }
    for (const ost_json *at = ost_json_first(before); at != NULL; at = ost_json_next(at)) {
        if (ost_json_get_text(after, ost_json_name(at)) != NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_null(w);
        any = true;
    }
    return any;
}

bool upstream_change_write(call *c, const ost_json *before, const ost_json *after,
                           ost_text *ret_text)
{
    ost_text hash, text;
    *ret_text = (ost_text){0};
    ost_json_writer *w = call_writer(c);
    if (w == NULL || call_hash(c, ost_json_source(before), &hash) != OST_OK)
        return false;
    ost_json_open_object(w);
    ost_json_member_text(w, OF, hash);
    ost_json_put_name(w, OST_TEXT(PUT));
    ost_json_open_object(w);
    bool any = put_changes(w, before, after);
    ost_json_close_object(w);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &text) != OST_OK)
        return call_refuse(c, 500, "server_error", NULL);
    if (any && text.len > CHANGES_MAX)
        http_add_detail(c->exchange, "upstream", OST_TEXT("the owner's changes are too long"));
    return !any || text.len > CHANGES_MAX || internal_token_hide(c, text, ret_text);
}

ost_result upstream_change_apply(call *c, ost_text text, const ost_json **document)
{
    const ost_json *changes;
    ost_text shown, hash;
    if (text.len == 0 || !internal_token_show(c, text, &shown) ||
        ost_json_read(shown, NULL, c->arena, &changes, NULL) != OST_OK)
        return OST_OK;
    ost_result result = call_hash(c, ost_json_source(*document), &hash);
    if (result != OST_OK || !text_equal(json_text_of(changes, OF), hash))
        return result;
    const ost_json *at = ost_json_first(ost_json_get(changes, PUT));
    for (; at != NULL && result == OST_OK; at = ost_json_next(at))
        result = document_put(*document, ost_json_name(at),
                              ost_json_is(at, OST_JSON_NULL) ? NULL : at, c->arena, document);
    return result;
}
