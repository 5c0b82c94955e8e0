/* SPDX-License-Identifier: Apache-2.0 */
/* Paths to claims, and templates of names; see claim_path.h. */
#include "provider/broker/claim_path.h"

#include "base/buffer.h"
#include "base/fold.h"
#include "base/text.h"

static bool next_name(ost_text *rest, ost_arena *arena, ost_text *ret_name)
{
    char *name = ost_arena_copy(arena, *rest);
    size_t len = 0, at = 0;
    if (rest->len == 0 || name == NULL)
        return false;
    for (; at < rest->len && rest->data[at] != '.'; at++) {
        if (rest->data[at] == '\\' && at + 1 < rest->len && rest->data[at + 1] == '.')
            at++;
        name[len++] = rest->data[at];
    }
    *rest = text_slice(*rest, at + 1, rest->len);
    *ret_name = (ost_text){name, len};
    return true;
}

const ost_json *claim_path_find(const ost_json *document, ost_text path, ost_arena *arena)
{
    ost_text name;
    if (path.len == 0)
        return NULL;
    for (unsigned depth = 0;
         depth < CLAIM_PATH_DEPTH && document != NULL && next_name(&path, arena, &name); depth++)
        document = ost_json_get_text(document, name);
    return path.len == 0 ? document : NULL;
}

static void append_changed(buffer *b, ost_text text, ost_text change, ost_arena *arena)
{
    bool upper = text_is(change, "uppercase");
    if (text_is(change, "localpart"))
        text = text_slice(text, 0, text_find(text, '@', 0));
    else if (text_is(change, "lowercase"))
        text = text_lower(text, arena);
    for (size_t i = 0; i < text.len; i++) {
        bool small = upper && text.data[i] >= 'a' && text.data[i] <= 'z';
        buffer_append_byte(b, small ? (char)(text.data[i] - 'a' + 'A') : text.data[i]);
    }
}

ost_result name_template_fill(ost_text template, ost_text (*value)(void *user, ost_text name),
                              void *user, ost_arena *arena, ost_text *ret_text)
{
    buffer_auto buffer b = {0};
    buffer_init(&b, NAME_TEMPLATE_MAX);
    for (size_t at = 0; at < template.len && b.failed == OST_OK;) {
        size_t end = text_find(template, '}', at);
        if (text_starts(text_slice(template, at, template.len), "${") && end < template.len) {
            ost_text named = text_slice(template, at + 2, end - at - 2);
            size_t bar = text_find(named, '|', 0);
            append_changed(&b, value(user, text_trim(text_slice(named, 0, bar))),
                           text_trim(text_slice(named, bar + 1, named.len)), arena);
            at = end + 1;
        } else {
            buffer_append_byte(&b, template.data[at++]);
        }
    }
    if (b.failed != OST_OK)
        return b.failed;
    const char *copy = ost_arena_copy(arena, buffer_text(&b));
    if (copy == NULL)
        return OST_E_MEMORY;
    *ret_text = (ost_text){copy, buffer_text(&b).len};
    return OST_OK;
}
