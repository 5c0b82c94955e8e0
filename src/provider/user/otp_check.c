/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of one-time codes; see otp_check.h. */
#include "provider/user/otp_check.h"

#include "base/text.h"
#include "provider/user/otp_credential.h"
#include "provider/user/user_change.h"
#include "store/memory/store_memory.h"

/* RFC 6238 §5.2: no second time. A step is remembered until no clock takes it any more. */
static ost_result use_step(store *s, const realm *r, ost_text user_id, ost_text id, int64_t period,
                           uint64_t step, int64_t now, ost_arena *arena)
{
    const char *owner = ost_arena_format(arena, "one-time code %s %.*s %.*s", r->name,
                                         OST_FORMAT(user_id), OST_FORMAT(id));
    const char *name = ost_arena_format(arena, "%llu", (unsigned long long)step);
    return owner != NULL && name != NULL ? store_use_once(s, text_of(owner), text_of(name),
                                                          now + period * (2 * r->otp.window + 2))
                                         : OST_E_MEMORY;
}

ost_result otp_step_use(store *s, const realm *r, const otp_device *device, uint64_t step,
                        int64_t now, ost_arena *arena)
{
    return use_step(s, r, device->user_id, device->id, device->policy->period, step, now, arena);
}

static ost_result check_time(store *s, const otp_attempt *a, const otp_credential *otp,
                             ost_arena *arena)
{
    const otp_policy *policy = &a->realm->otp;
    uint64_t now = (uint64_t)(a->now / otp->period), window = (uint64_t)policy->window, step;
    ost_result result = one_time_code_find(&otp->key, a->code, now > window ? now - window : 0,
                                           now + window, &step);
    if (result == OST_OK && !policy->reusable)
        result = use_step(s, a->realm, a->user->id, otp->id, otp->period, step, a->now, arena);
    return result == OST_E_CONFLICT ? OST_E_NOT_FOUND : result;
}

/* RFC 4226 §7.2: what was passed over is void from now on. */
static ost_result check_counter(store *s, const otp_attempt *a, const otp_credential *otp,
                                ost_arena *arena)
{
    const ost_json *document;
    uint64_t counter;
    ost_result result = one_time_code_find(&otp->key, a->code, otp->counter,
                                           otp->counter + (uint64_t)a->realm->otp.window, &counter);
    if (result == OST_OK)
        result = otp_credential_count_on(a->document, otp, counter + 1, arena, &document);
    return result == OST_OK ? user_change_store(s, a->realm, a->user, document, arena) : result;
}

ost_result otp_check(store *s, const otp_attempt *a, ost_arena *arena)
{
    otp_credential *list;
    size_t count, at = 0;
    ost_result result = otp_credentials_read(a->document, a->user->id, arena, &list, &count);
    if (result != OST_OK)
        return result;
    while (at < count && a->credential.len > 0 && !text_equal(list[at].id, a->credential))
        at++;
    if (at == count || !list[at].readable || a->now < 0)
        return OST_E_NOT_FOUND;
    return list[at].counted ? check_counter(s, a, &list[at], arena)
                            : check_time(s, a, &list[at], arena);
}
