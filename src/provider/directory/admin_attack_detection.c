/* SPDX-License-Identifier: Apache-2.0 */
/* Failed logins in the admin REST API: what is remembered of a user, and forgetting it. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/realm/brute_force.h"

ost_result admin_read_failures(admin_call *a)
{
    brute_force_status status = {0};
    const realm *r = a->realm.realm;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    ost_result result = w != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK && r->brute_force.on)
        result = brute_force_read(a->call->provider->store, r, a->values[1], 0, a->arena, &status);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_integer(w, "numFailures", status.failures);
    ost_json_member_integer(w, "numTemporaryLockouts", 0);
    ost_json_member_boolean(w, "disabled", status.blocked);
    ost_json_member_text(w, "lastIPFailure", status.last_ms > 0 ? status.address : OST_TEXT("n/a"));
    ost_json_member_integer(w, "lastFailure", status.last_ms);
    ost_json_member_integer(w, "failedLoginNotBefore", status.blocked_until_ms / 1000);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_forget_failures(admin_call *a)
{
    ost_result result = brute_force_lift(a->call->provider->store, a->realm.realm, a->values[1]);
    return result == OST_OK ? admin_answer_done(a) : result;
}

ost_result admin_forget_all_failures(admin_call *a)
{
    ost_result result = brute_force_lift(a->call->provider->store, a->realm.realm, (ost_text){0});
    return result == OST_OK ? admin_answer_done(a) : result;
}
