/* SPDX-License-Identifier: Apache-2.0 */
/* Users who cannot stand beside each other; see users_apart.h. */
#include "provider/stream/users_apart.h"

#include "base/context.h"

ost_result users_apart_begin(users_apart *ret_apart, size_t count, const ost_context *context)
{
    *ret_apart = (users_apart){0};
    ost_result result = id_set_begin(&ret_apart->names, context);
    if (result == OST_OK)
        result = id_set_reserve(&ret_apart->names, count);
    if (result == OST_OK)
        result = id_set_begin(&ret_apart->addresses, context);
    return result == OST_OK ? id_set_reserve(&ret_apart->addresses, count) : result;
}

void users_apart_clear(users_apart *a)
{
    id_set_clear(&a->names);
    id_set_clear(&a->addresses);
}

static bool has_address_alone(const store_user *user)
{
    return user->email.len > 0 && !user->email_shared;
}

ost_result users_apart_add(users_apart *a, id_set *ids, const store_user *user)
{
    bool id = true, name = true, address = true;
    ost_result result = ids != NULL ? id_set_add(ids, user->id, &id) : OST_OK;
    if (result == OST_OK)
        result = id_set_add(&a->names, user->username, &name);
    if (result == OST_OK && has_address_alone(user))
        result = id_set_add(&a->addresses, user->email, &address);
    return result == OST_OK && !(id && name && address) ? OST_E_CONFLICT : result;
}

bool users_apart_meet(const users_apart *a, const store_user *user)
{
    return id_set_has(&a->names, user->username) ||
           (has_address_alone(user) && id_set_has(&a->addresses, user->email));
}
