/* SPDX-License-Identifier: Apache-2.0 */
/* The ids that a message names; see key_attempt.h. */
#include "cli/tool/key_attempt.h"

#include "base/array.h"
#include "base/base64url.h"
#include "base/error_sentence.h"
#include "base/text.h"
#include "cli/tool/tool_file.h"
#include "jose/key/key_state.h"
#include "jose/key/keyset_read.h"

#define KIDS_MAX (TOOL_PARTIES_MAX + 1) /* of the parties, and one that all of them share */

static const ost_json_limits limits = {TOOL_FILE_MAX, 12, 16384};

typedef struct kids {
    ost_text named[KIDS_MAX];
    size_t count;
} kids;

static void add(kids *all, const ost_json *header)
{
    ost_text kid;
    if (!ost_json_text(ost_json_get(header, "kid"), &kid) || all->count == KIDS_MAX)
        return;
    for (size_t i = 0; i < all->count; i++) {
        if (text_equal(all->named[i], kid))
            return;
    }
    all->named[all->count++] = kid;
}

/* What cannot be read names nothing, and fails when it is verified. */
static void add_encoded(kids *all, ost_text encoded, ost_arena *arena)
{
    ost_text text;
    const ost_json *header;
    if (base64url_decode_to(arena, encoded, &text) == OST_OK &&
        ost_json_read(text, &limits, arena, &header, NULL) == OST_OK)
        add(all, header);
}

static void add_headers(kids *all, const ost_json *of, ost_arena *arena)
{
    ost_text encoded;
    if (ost_json_text(ost_json_get(of, "protected"), &encoded))
        add_encoded(all, encoded, arena);
    add(all, ost_json_get(of, "unprotected"));
    add(all, ost_json_get(of, "header"));
}

static void find(kids *all, ost_text message, ost_arena *arena)
{
    static const char *const parties[] = {"signatures", "recipients"};
    const ost_json *json;
    if (!text_starts(message, "{")) {
        add_encoded(all, text_slice(message, 0, text_find(message, '.', 0)), arena);
        return;
    }
    if (ost_json_read(message, &limits, arena, &json, NULL) != OST_OK)
        return;
    add_headers(all, json, arena);
    for (size_t i = 0; i < ARRAY_LEN(parties); i++) {
        const ost_json *party = ost_json_first(ost_json_get(json, parties[i]));
        for (; party != NULL; party = ost_json_next(party))
            add_headers(all, party, arena);
    }
}

static ost_result attempt_once(const tool_keys *keys, key_attempt *attempt, void *user,
                               ost_error *error)
{
    ost_keyset *set;
    ost_result result = keyset_gather(keys->keys, keys->count, &set);
    if (result != OST_OK)
        return error_set_sentence(error, result);
    result = attempt(set, user, error);
    ost_keyset_unref(set);
    return result;
}

ost_result key_attempt_each(tool_keys *keys, ost_text message, ost_arena *arena,
                            key_attempt *attempt, void *user, ost_error *error)
{
    kids all = {.count = 0};
    ost_result result = OST_E_KEY_UNKNOWN;
    if (keys->count == 1 && ost_key_kid(keys->keys[0]).len == 0)
        find(&all, message, arena);
    if (all.count == 0)
        result = attempt_once(keys, attempt, user, error);
    for (size_t i = 0; i < all.count && result != OST_OK; i++) {
        ost_error why = {0};
        (void)!key_set_kid(keys->keys[0], all.named[i]); /* what is not a name fits nothing */
        ost_result now = attempt_once(keys, attempt, user, &why);
        /* That the key fits, and yet it failed, says more than that it does not fit. */
        if (i == 0 || now == OST_OK || now == OST_E_SIGNATURE || now == OST_E_DECRYPTION) {
            result = now;
            *error = why;
        }
    }
    tool_keys_free(keys);
    return result;
}
