/* SPDX-License-Identifier: Apache-2.0 */
/* One user under import; see user_make.h. */
#include "provider/file/user_make.h"

#include "base/context.h"
#include "base/text.h"
#include "provider/proof/password_policy.h"
#include "provider/realm/consent_row.h"
#include "provider/realm/group.h"
#include "provider/realm/user_row.h"
#include "store/user/store_consent.h"

ost_result user_make_check(const ost_json *user, size_t index, const realm *r, ost_error *error)
{
    size_t n = 0;
    ost_text text;
    const ost_json *groups = ost_json_get(user, "groups");
    for (const ost_json *at = ost_json_first(groups); at != NULL; at = ost_json_next(at), n++) {
        if (ost_json_text(at, &text) && !group_exists(r, text))
            return ost_error_set(error, OST_E_FORMAT, "users[%zu].groups[%zu]: no group %.*s",
                                 index, n, (int)text.len, text.data);
    }
    for (const ost_json *at = ost_json_first(ost_json_get(user, "clientRoles")); at != NULL;
         at = ost_json_next(at)) {
        text = ost_json_name(at);
        if (realm_find_client(r, text) == NULL)
            return ost_error_set(error, OST_E_FORMAT, "users[%zu].clientRoles: no client %.*s",
                                 index, (int)text.len, text.data);
    }
    if (ost_json_text(ost_json_get(user, "serviceAccountClientId"), &text) &&
        realm_find_client(r, text) == NULL)
        return ost_error_set(error, OST_E_FORMAT,
                             "users[%zu].serviceAccountClientId: no client %.*s", index,
                             (int)text.len, text.data);
    return OST_OK;
}

ost_result user_make_judge(const ost_json *user, size_t number, const realm *r, ost_error *error)
{
    ost_text username = {0}, email = {0}, plain = user_row_plain_password(user);
    ost_error inner = {0};
    (void)!ost_json_text(ost_json_get(user, "username"), &username);
    (void)!ost_json_text(ost_json_get(user, "email"), &email);
    if (plain.len == 0 ||
        password_policy_check(r->password_policy, plain, username, email, &inner) == OST_OK)
        return OST_OK;
    return ost_error_set(error, OST_E_FORMAT, "users[%zu].credentials: %s", number, inner.detail);
}

ost_result user_make_consents(const ost_json *user, size_t number, const realm *r,
                              const ost_context *context, ost_arena *arena, store_user *row,
                              ost_error *error)
{
    ost_error inner = {0};
    store_consent *consents;
    ost_result result = consent_rows_read(r, user, ost_now(context) * 1000, arena, &consents,
                                          &row->consent_count, &inner);
    if (result != OST_OK)
        return ost_error_set(error, result, "users[%zu].%s", number, inner.detail);
    row->consents = consents;
    return OST_OK;
}
