/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of clients that register; see request_metadata.h. */
#include "provider/registration/request_metadata.h"

#include "base/text.h"
#include "provider/proof/attribute.h"
#include "provider/registration/metadata_member.h"

#define URIS "request.uris"
#define ACR_VALUES "default.acr.values"
#define VALUES_MAX 16
#define ACR_MAX 255

/* Without what follows "#": a hash of what is there (OpenID Connect Core §6.2). */
static bool is_address(call *c, ost_text value)
{
    ost_text hash = text_slice(value, text_find(value, '#', 0), value.len);
    bool hashed = hash.len == 0 || text_is_made_of(text_slice(hash, 1, hash.len), "-_");
    return (hashed && value.len <= METADATA_URI_MAX && text_find(value, '*', 0) == value.len &&
            metadata_is_https(text_slice(value, 0, value.len - hash.len))) ||
           metadata_refuse(c, "request_uris: not https addresses");
}

/* Keycloak's separator would make two of one. */
static bool is_acr(call *c, ost_text value)
{
    return (value.len > 0 && value.len <= ACR_MAX && text_find(value, '#', 0) == value.len &&
            text_find(value, ' ', 0) == value.len) ||
           metadata_refuse(c, "default_acr_values: not names of levels of authentication");
}

static bool read_list(call *c, const ost_json *document, const char *name,
                      bool (*check)(call *, ost_text), ost_text *ret_text)
{
    const ost_json *list = ost_json_get(document, name);
    ost_text value;
    size_t count = 0;
    const char *all = "";
    if (list != NULL && !ost_json_is(list, OST_JSON_NULL) && !ost_json_is(list, OST_JSON_ARRAY))
        return metadata_refuse(c, call_format(c, "%s: not an array", name));
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (++count > VALUES_MAX || !ost_json_text(at, &value))
            return metadata_refuse(
                c, call_format(c, "%s: not an array of at most %d texts", name, VALUES_MAX));
        if (!check(c, value) || (all = call_format(c, "%s%s%.*s", all, count > 1 ? "##" : "",
                                                   OST_FORMAT(value))) == NULL)
            return false;
    }
    *ret_text = text_of(all);
    return true;
}

bool request_metadata_read(call *c, const ost_json *document, request_metadata *ret_metadata)
{
    request_metadata m = {0};
    if (!read_list(c, document, "request_uris", is_address, &m.uris) ||
        !read_list(c, document, "default_acr_values", is_acr, &m.acr_values))
        return false;
    *ret_metadata = m;
    return true;
}

void request_metadata_store(const request_metadata *m, ost_json_writer *w)
{
    metadata_put_given(w, URIS, m->uris);
    metadata_put_given(w, ACR_VALUES, m->acr_values);
}

static void write_list(const realm_client *client, const char *attribute, const char *name,
                       ost_json_writer *w)
{
    ost_text value, rest = {0};
    if (!ost_json_text(ost_json_get(client->attributes, attribute), &rest) || rest.len == 0)
        return;
    ost_json_put_name(w, text_of(name));
    ost_json_open_array(w);
    while (attribute_next(&rest, &value))
        ost_json_put_text(w, value);
    ost_json_close_array(w);
}

void request_metadata_write(const realm_client *client, ost_json_writer *w)
{
    write_list(client, URIS, "request_uris", w);
    write_list(client, ACR_VALUES, "default_acr_values", w);
}

bool request_metadata_owns(ost_text attribute)
{
    return text_is(attribute, URIS) || text_is(attribute, ACR_VALUES);
}
