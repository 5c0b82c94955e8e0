/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials of one-time passwords, as realm files bring them: what can be read makes codes, and
 * counting on changes the counter alone. */
#include <stdlib.h>

#include "base/text.h"
#include "provider/user/otp_credential.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void require_codes(const ost_json *user, const otp_credential *otp, ost_arena *arena)
{
    char code[CODE_DIGITS_MAX + 1];
    uint64_t counter;
    const ost_json *after;
    otp_credential *list;
    size_t count;
    require(one_time_code(&otp->key, otp->counter, code) == OST_OK);
    require(text_of(code).len == (size_t)otp->key.digits);
    require(one_time_code_find(&otp->key, text_of(code), otp->counter, otp->counter, &counter) ==
            OST_OK);
    require(counter == otp->counter && otp->period > 0);
    if (otp_credential_count_on(user, otp, counter + 1, arena, &after) != OST_OK)
        return;
    require(otp_credentials_read(after, OST_TEXT("user"), arena, &list, &count) == OST_OK);
    bool found = false;
    for (size_t i = 0; i < count; i++)
        found = found || (list[i].readable && list[i].counter == counter + 1 &&
                          text_equal(list[i].key.secret, otp->key.secret));
    require(found || counter + 1 >= (uint64_t)1 << 53);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ost_arena *arena = ost_arena_new(1 << 20);
    const ost_json *user;
    otp_credential *list;
    size_t count;
    if (arena != NULL &&
        ost_json_read(text_of_bytes(data, size), NULL, arena, &user, NULL) == OST_OK &&
        otp_credentials_read(user, OST_TEXT("user"), arena, &list, &count) == OST_OK) {
        require(otp_credential_is_there(user) == (count > 0));
        for (size_t i = 0; i < count; i++) {
            if (list[i].readable)
                require_codes(user, &list[i], arena);
        }
    }
    ost_arena_free(arena);
    return 0;
}
