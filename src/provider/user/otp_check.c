/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of one-time codes; see otp_check.h. */
#include "provider/user/otp_check.h"

#include "base/text.h"
#include "provider/user/otp_credential.h"
#include "provider/user/user_change.h"
#include "store/memory/store_memory.h"

/* RFC 6238 §5.2: no second time. A step is remembered until no clock takes it any more. */
static ost_result check_time(store *s, const otp_attempt *a, const otp_credential *otp,
                             ost_arena *arena)
{
    const otp_policy *policy = &a->realm->otp;
    uint64_t now = (uint64_t)(a->now / otp->period), window = (uint64_t)policy->window, step;
    ost_result result = one_time_code_find(&otp->key, a->code, now > window ? now - window : 0,
                                           now + window, &step);
    if (result != OST_OK || policy->reusable)
        return result;
    const char *owner = ost_arena_format(arena, "one-time code %s %.*s %.*s", a->realm->name,
                                         OST_FORMAT(a->user->id), OST_FORMAT(otp->id));
    const char *id = ost_arena_format(arena, "%llu", (unsigned long long)step);
    if (owner == NULL || id == NULL)
        return OST_E_MEMORY;
    result = store_use_once(s, text_of(owner), text_of(id),
                            a->now + otp->period * (2 * policy->window + 2));
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
