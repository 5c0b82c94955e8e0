/* SPDX-License-Identifier: Apache-2.0 */
/* Masks in the place of secrets; see masked.h. */
#include "provider/member/masked.h"

#include "base/text.h"

static void put_mask(ost_json_writer *w, bool list)
{
    if (list)
        ost_json_open_array(w);
    ost_json_put_text(w, OST_TEXT(MASK));
    if (list)
        ost_json_close_array(w);
}

/* The reader has bounded how deep values go. */
void masked_put(ost_json_writer *w, const ost_json *value, bool (*is_secret)(ost_text name),
                bool keeps_lists)
{
    bool object = ost_json_is(value, OST_JSON_OBJECT);
    if (!object && !ost_json_is(value, OST_JSON_ARRAY)) {
        ost_json_put_value(w, value);
        return;
    }
    if (object)
        ost_json_open_object(w);
    else
        ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(value); at != NULL; at = ost_json_next(at)) {
        if (object)
            ost_json_put_name(w, ost_json_name(at));
        if (object && is_secret(ost_json_name(at)))
            put_mask(w, keeps_lists && ost_json_is(at, OST_JSON_ARRAY));
        else
            masked_put(w, at, is_secret, keeps_lists);
    }
    if (object)
        ost_json_close_object(w);
    else
        ost_json_close_array(w);
}

bool masked_is(const ost_json *value)
{
    if (ost_json_is(value, OST_JSON_ARRAY) && ost_json_count(value) == 1)
        value = ost_json_first(value);
    return ost_json_equals(value, OST_TEXT(MASK));
}

bool masked_is_secret(ost_text name)
{
    static const char *const names[] = {"secret",
                                        "client.secret.rotated",
                                        "registrationAccessToken",
                                        "password",
                                        "clientSecret",
                                        "clientAuthSecret",
                                        "bindCredential",
                                        "privateKey",
                                        "keystorePassword",
                                        "keyPassword",
                                        "secretData",
                                        NULL};
    return text_is_one_of(name, names);
}
