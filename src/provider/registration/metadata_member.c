/* SPDX-License-Identifier: Apache-2.0 */
/* Members of client metadata; see metadata_member.h. */
#include "provider/registration/metadata_member.h"

#include "base/text.h"
#include "net/net_url.h"

bool metadata_refuse(call *c, const char *description)
{
    return call_refuse(c, 400, "invalid_client_metadata", description);
}

bool metadata_text(call *c, const ost_json *document, const char *name, size_t max,
                   ost_text *ret_text)
{
    const ost_json *value = ost_json_get(document, name);
    *ret_text = (ost_text){0};
    if (value == NULL || ost_json_is(value, OST_JSON_NULL))
        return true;
    if (!ost_json_text(value, ret_text) || ret_text->len > max)
        return metadata_refuse(c, call_format(c, "%s: not a text of at most %zu bytes", name, max));
    return true;
}

bool metadata_flag(call *c, const ost_json *document, const char *name, bool *ret_flag)
{
    const ost_json *value = ost_json_get(document, name);
    *ret_flag = false;
    return value == NULL || ost_json_is(value, OST_JSON_NULL) ||
           ost_json_boolean(value, ret_flag) ||
           metadata_refuse(c, call_format(c, "%s: neither true nor false", name));
}

bool metadata_is_https(ost_text uri)
{
    return net_url_check(uri, false) == OST_OK && text_starts(uri, "https://") &&
           text_find(uri, '#', 0) == uri.len;
}

void metadata_put_text(const realm_client *client, const char *attribute, const char *name,
                       ost_json_writer *w)
{
    ost_text value;
    if (ost_json_text(ost_json_get(client->attributes, attribute), &value) && value.len > 0)
        ost_json_member_text(w, name, value);
}

void metadata_put_flag(const realm_client *client, const char *attribute, const char *name,
                       ost_json_writer *w)
{
    const ost_json *value = ost_json_get(client->attributes, attribute);
    if (value != NULL)
        ost_json_member_boolean(w, name, ost_json_equals(value, OST_TEXT("true")));
}

void metadata_put_given(ost_json_writer *w, const char *name, ost_text value)
{
    if (value.len > 0)
        ost_json_member_text(w, name, value);
}
