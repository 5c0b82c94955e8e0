/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of credentials; see credential_data.h. */
#include "provider/user/credential_data.h"

#include "base/text.h"
#include "provider/admin/document_edit.h"

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

ost_result credential_add(const ost_json *user, const ost_json *credential, ost_arena *arena,
                          const ost_json **ret_user)
{
    const ost_json *list = ost_json_get(user, "credentials");
    ost_result result = OST_OK;
    if (list == NULL)
        result = ost_json_read(OST_TEXT("[]"), NULL, arena, &list, NULL);
    if (result == OST_OK)
        result = document_append(list, credential, arena, &list);
    return result == OST_OK ? document_put(user, OST_TEXT("credentials"), list, arena, ret_user)
                            : result;
}
