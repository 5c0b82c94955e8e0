/* SPDX-License-Identifier: Apache-2.0 */
/* Types of authorization details at registration; see details_metadata.h. */
#include "provider/registration/details_metadata.h"

#include "base/buffer.h"
#include "base/text.h"
#include "provider/detail/authorization_details.h"
#include "provider/proof/attribute.h"
#include "provider/registration/metadata_member.h"

#define MEMBER "authorization_details_types"
#define TYPES_BYTES_MAX 2048

static bool is_known(const ost_text *types, size_t count, ost_text type)
{
    for (size_t i = 0; i < count; i++) {
        if (text_equal(types[i], type))
            return true;
    }
    return false;
}

static void append_word(buffer *words, ost_text word)
{
    if (words->len > 0)
        buffer_append_byte(words, ' ');
    buffer_append(words, word);
}

bool details_metadata_read(call *c, const ost_json *document, details_metadata *ret_metadata)
{
    ost_text known[DETAILS_TYPES_MAX], type;
    buffer_auto buffer words = {0};
    const ost_json *list = ost_json_get(document, MEMBER);
    *ret_metadata = (details_metadata){0};
    if (list == NULL || ost_json_is(list, OST_JSON_NULL))
        return true;
    if (!ost_json_is(list, OST_JSON_ARRAY))
        return metadata_refuse(c, MEMBER ": not an array");
    size_t count = details_types_of(c->realm, known);
    buffer_init(&words, TYPES_BYTES_MAX);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!ost_json_text(at, &type) || !is_known(known, count, type))
            return metadata_refuse(c, MEMBER ": not supported");
        append_word(&words, type);
    }
    if (words.failed == OST_E_CEILING)
        return metadata_refuse(c, MEMBER ": too many");
    ret_metadata->given = true;
    return call_keep(c, &words, &ret_metadata->types);
}

void details_metadata_store(call *c, const details_metadata *m, const ost_json *before,
                            bool stranger, ost_json_writer *w)
{
    ost_text allowed = {0}, rest = m->types, type, kept;
    buffer_auto buffer words = {0};
    (void)!ost_json_text(ost_json_get(before, DETAILS_TYPES), &allowed);
    if (!m->given || !stranger) {
        metadata_put_given(w, DETAILS_TYPES, m->given ? m->types : allowed);
        return;
    }
    buffer_init(&words, TYPES_BYTES_MAX);
    while (text_next(&rest, ' ', &type)) {
        if (type.len > 0 && text_list_has(allowed, type))
            append_word(&words, type);
    }
    if (call_keep(c, &words, &kept))
        metadata_put_given(w, DETAILS_TYPES, kept);
}

void details_metadata_write(const realm_client *client, ost_json_writer *w)
{
    ost_text rest = attribute_text(client->document, DETAILS_TYPES), type;
    if (rest.len == 0)
        return;
    ost_json_put_name(w, OST_TEXT(MEMBER));
    ost_json_open_array(w);
    while (text_next(&rest, ' ', &type)) {
        if (type.len > 0)
            ost_json_put_text(w, type);
    }
    ost_json_close_array(w);
}
