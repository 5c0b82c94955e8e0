/* SPDX-License-Identifier: Apache-2.0 */
/* Changed users; see user_change.h. */
#include "provider/user/user_change.h"

#include "base/text.h"
#include "provider/realm/user_row.h"
#include "store/user/store_user.h"

ost_result user_change_store(store *s, const realm *r, const store_user *user,
                             const ost_json *document, ost_arena *arena)
{
    store_user row;
    const user_row_home home = {.realm = r, .arena = arena};
    ost_result result = user_row_read(&home, document, 0, &row, NULL);
    if (result != OST_OK)
        return result;
    row.id = user->id;
    row.email_shared = r->duplicate_emails;
    return store_user_update(s, &row, user->document);
}
