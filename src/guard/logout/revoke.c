/* SPDX-License-Identifier: Apache-2.0 */
/* Taking tokens back from outside; see <ostiary/guard.h>. */
#include "guard/logout/revoke.h"

#include "base/text.h"

#define FOLLOW_EVERY 250 /* milliseconds: what another process was told counts here by then */
#define LINES_OF_ENTRY 4 /* of one that is told again and again */

/* ---- the file ---- */

static bool find_issuer(const ost_guard *guard, const char *name, size_t *ret_index)
{
    for (size_t i = 0; i < guard->issuer_count; i++) {
        if (text_is(text_of(name), guard->issuers[i]->source.name)) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

/* Of an issuer that is not trusted any more nothing has to be remembered. */
static void told(const ost_revocation *what, void *user)
{
    ost_guard *guard = user;
    size_t index;
    if (find_issuer(guard, what->issuer, &index))
        (void)!revocations_add(guard->issuers[index]->revocations, what, ost_now(guard->context));
}

static void follow(void *user)
{
    ost_guard *guard = user;
    revocation_file_follow(guard->revocation_file);
    net_timer_set(guard->revocation_timer, FOLLOW_EVERY);
}

ost_result revoke_open_file(ost_guard *guard, const char *path, size_t entries, ost_error *error)
{
    ost_result result =
        revocation_file_open(path, entries * guard->issuer_count * LINES_OF_ENTRY, guard->context,
                             told, guard, &guard->revocation_file, error);
    if (result != OST_OK)
        return result;
    result = net_timer_new(guard->net, follow, guard, &guard->revocation_timer);
    if (result != OST_OK)
        return ost_error_set(error, result, "out of memory");
    net_timer_set(guard->revocation_timer, FOLLOW_EVERY);
    return OST_OK;
}

/* ---- revoking ---- */

ost_result revoke_of(ost_guard *guard, size_t index, const ost_revocation *what, int64_t now)
{
    const issuer *i = guard->issuers[index];
    ost_revocation whole = *what;
    revocations_complete(&whole, now);
    whole.issuer = i->source.name;
    ost_result result = revocations_add(i->revocations, &whole, now);
    if (result == OST_OK && guard->revocation_file != NULL && whole.until > now)
        result = revocation_file_append(guard->revocation_file, &whole);
    return result;
}

ost_result ost_guard_revoke(ost_guard *guard, const ost_revocation *revocation)
{
    size_t index = 0;
    if (guard == NULL || revocation == NULL)
        return OST_E_ARGUMENT;
    if (revocation->issuer == NULL && guard->issuer_count != 1)
        return OST_E_ARGUMENT;
    if (revocation->issuer != NULL && !find_issuer(guard, revocation->issuer, &index))
        return OST_E_ISSUER;
    return revoke_of(guard, index, revocation, ost_now(guard->context));
}
