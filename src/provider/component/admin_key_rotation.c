/* SPDX-License-Identifier: Apache-2.0 */
/* Rotation of keys by the admin REST API, which Keycloak has no operations for: when each key is
 * published, signs and retires, and a new key that is published before it signs. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/component/component_part.h"
#include "provider/realm/document_limit.h"
#include "provider/realm/key_ring.h"
#include "store/realm/store_key.h"

#define DELAY_MAX ((int64_t)30 * 86400) /* seconds from publishing to signing */

/* The key that waits to take the place of this one; NULL: none does. */
static const store_key *successor(const store_key *row, const store_key *rows, size_t count)
{
    for (size_t i = 0; i < count && row->state == STORE_KEY_ACTIVE; i++) {
        if (rows[i].state == STORE_KEY_NEXT && text_equal(rows[i].algorithm, row->algorithm) &&
            text_equal(rows[i].use, row->use))
            return &rows[i];
    }
    return NULL;
}

static void put_time(ost_json_writer *w, const char *name, int64_t seconds)
{
    if (seconds > 0)
        ost_json_member_integer(w, name, seconds * 1000);
}

/* A key that another one takes the place of retires when its last token has expired. */
static void put_times(const admin_call *a, ost_json_writer *w, const store_key *row,
                      const store_key *next)
{
    int64_t longest = realm_longest_token(a->realm.realm);
    put_time(w, "published", row->created);
    if (row->state == STORE_KEY_NEXT || row->state == STORE_KEY_ACTIVE)
        put_time(w, "signsFrom", row->signs_from > 0 ? row->signs_from : row->created);
    if (row->state == STORE_KEY_PASSIVE && row->ends > longest)
        put_time(w, "signsUntil", row->ends - longest);
    put_time(w, "retires", row->ends);
    if (next != NULL) {
        put_time(w, "signsUntil", next->signs_from);
        put_time(w, "retires", next->signs_from + longest);
    }
}

static ost_result put_key(admin_call *a, ost_json_writer *w, const store_key *row,
                          const store_key *next)
{
    static const char *const states[] = {[STORE_KEY_NEXT] = "NEXT",
                                         [STORE_KEY_ACTIVE] = "ACTIVE",
                                         [STORE_KEY_PASSIVE] = "PASSIVE",
                                         [STORE_KEY_DISABLED] = "DISABLED"};
    key_provider p;
    ost_result result = key_provider_read(row, a->realm.row.id, a->arena, &p);
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "providerId", p.id);
    ost_json_member_text(w, "kid", row->kid);
    ost_json_member_text(w, "algorithm", row->algorithm);
    ost_json_member_string(w, "use", text_is(row->use, "enc") ? "ENC" : "SIG");
    ost_json_member_string(w, "state", states[row->state]);
    put_times(a, w, row, next);
    ost_json_close_object(w);
    return OST_OK;
}

ost_result admin_read_key_timeline(admin_call *a)
{
    store_key *rows;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = store_key_list(a->realm.store, a->realm.row.name, a->arena, &rows, &count);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    put_time(w, "now", ost_now(a->call->provider->context));
    ost_json_put_name(w, OST_TEXT("keys"));
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK; i++)
        result = put_key(a, w, &rows[i], successor(&rows[i], rows, count));
    ost_json_close_array(w);
    ost_json_close_object(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

static bool delay_of(admin_call *a, int64_t *ret_delay)
{
    const ost_json *member = ost_json_get(a->body, "delay");
    int64_t delay = KEY_PUBLISH_SECONDS;
    if (member == NULL || (ost_json_integer(member, &delay) && delay >= 0 && delay <= DELAY_MAX)) {
        *ret_delay = delay;
        return true;
    }
    admin_refuse(a, 400, "errorMessage", "'delay' is not between 0 and 2592000 seconds");
    return false;
}

ost_result admin_rotate_key(admin_call *a)
{
    key_rows k;
    int64_t delay;
    ost_error error = {0};
    if (!admin_body_is(a, OST_JSON_OBJECT) || !delay_of(a, &delay))
        return OST_OK;
    ost_text algorithm = part_text(a->body, "algorithm");
    if (algorithm.len == 0)
        return admin_refuse(a, 400, "errorMessage", "'algorithm' is missing");
    ost_result result = component_keys(a, (ost_text){0}, &k);
    if (result != OST_OK)
        return result;
    if (k.count >= KEYS_MAX)
        return admin_refuse(a, 400, "errorMessage", "The realm has too many keys");
    result = key_ring_rotate(a->realm.store, a->realm.row.name, algorithm, NULL,
                             ost_now(a->call->provider->context), delay, &error);
    if (result == OST_E_CONFLICT)
        return admin_refuse(a, 409, "errorMessage", error.detail);
    if (result == OST_E_UNSUPPORTED)
        return admin_refuse(a, 400, "errorMessage", error.detail);
    a->changed = result == OST_OK;
    return result == OST_OK ? admin_answer_done(a) : result;
}
