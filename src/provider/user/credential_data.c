/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of credentials; see credential_data.h. */
#include "provider/user/credential_data.h"

#include "base/text.h"

bool credential_is(const ost_json *credential, const char *type)
{
    return ost_json_equals(ost_json_get(credential, "type"), text_of(type));
}

bool credential_read(const ost_json *credential, const char *name, ost_arena *arena,
                     const ost_json **ret_object)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(credential, name), &text);
    return ost_json_read(text, NULL, arena, ret_object, NULL) == OST_OK &&
           ost_json_is(*ret_object, OST_JSON_OBJECT);
}
