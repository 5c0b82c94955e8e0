/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed documents of users; see user_secret.h. */
#include "store/user/user_secret.h"

#include "base/text.h"
#include "store/user/user_record.h"

#define SEALED "sealed."

/* As user rows are written (provider/realm/user_row.h): without blanks, and a quote within a text
 * has a backslash before it. */
static const char mark[] = "\"credentials\":[";

bool user_secret_is(ost_text document)
{
    return text_contains(document, text_of(mark));
}

ost_result user_secret_seal(database *d, const store_user *user, sealed_text *ret_document)
{
    const sealed_place place = {SEALED_USER, user->realm, user->id};
    if (user_secret_is(user->document))
        return sealing_seal(d, &place, user->document, ret_document);
    *ret_document = (sealed_text){.text = user->document};
    return OST_OK;
}

ost_result user_secret_open(database *d, ost_text realm, ost_text id, ost_text stored,
                            ost_arena *arena, ost_text *ret_document)
{
    const sealed_place place = {SEALED_USER, realm, id};
    if (text_starts(stored, SEALED))
        return sealing_open(d, &place, stored, arena, ret_document);
    *ret_document = stored;
    return OST_OK;
}
