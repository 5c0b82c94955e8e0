/* SPDX-License-Identifier: Apache-2.0 */
/* Notes of sessions; see session_note.h. */
#include "provider/session/session_note.h"

#include "base/json/json_member.h"
#include "base/text.h"

bool session_note(ost_text notes, ost_text name, ost_arena *arena, ost_text *ret_text)
{
    static const char *const told[] = {"identity_provider", "identity_provider_identity", NULL};
    const ost_json *object, *mapped;
    if (notes.len == 0 || ost_json_read(notes, NULL, arena, &object, NULL) != OST_OK)
        return false;
    if (text_is_one_of(name, told))
        return ost_json_text(ost_json_get_text(object, name), ret_text);
    ost_text own = json_text_of(object, SESSION_NOTES_MAPPED);
    return own.len > 0 && ost_json_read(own, NULL, arena, &mapped, NULL) == OST_OK &&
           ost_json_text(ost_json_get_text(mapped, name), ret_text);
}
