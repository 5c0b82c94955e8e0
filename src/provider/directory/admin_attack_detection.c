/* SPDX-License-Identifier: Apache-2.0 */
/* Failed logins in the admin REST API: what is remembered of a user, and forgetting it. Of this
 * process alone, as it counts them. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/realm/brute_force.h"

ost_result admin_read_failures(admin_call *a)
{
    brute_force_status status = {0};
    const realm *r = a->realm.realm;
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    if (r->brute_force.on)
        brute_force_read(a->call->provider->failures, r, a->values[1], &status);
    ost_json_open_object(w);
    ost_json_member_integer(w, "numFailures", (int64_t)status.failures);
    ost_json_member_integer(w, "numTemporaryLockouts", 0);
    ost_json_member_boolean(w, "disabled", status.blocked_until > a->call->now);
    ost_json_member_string(w, "lastIPFailure", status.last > 0 ? status.address : "n/a");
    ost_json_member_integer(w, "lastFailure", status.last * 1000);
    ost_json_member_integer(w, "failedLoginNotBefore", status.blocked_until);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_forget_failures(admin_call *a)
{
    brute_force_lift(a->call->provider->failures, a->realm.realm, a->values[1]);
    return admin_answer_done(a);
}

ost_result admin_forget_all_failures(admin_call *a)
{
    brute_force_lift(a->call->provider->failures, a->realm.realm, (ost_text){0});
    return admin_answer_done(a);
}
