/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a browser's cookies, "name=value" a line: no session comes out but one that was
 * sealed with the secret, which only the seeds know. */
#include <stdlib.h>

#include "base/text.h"
#include "login/login_cookies.h"
#include "login/login_pack.h"
#include "login/login_seal.h"

#define COOKIES 16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t fixed_time(void *user)
{
    (void)user;
    return 1800000000;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const ost_context context = {.now = fixed_time};
    const ost_text secret = OST_TEXT("0123456789abcdef0123456789abcdef"),
                   name = OST_TEXT("ostiary");
    ost_login_pair pairs[COOKIES];
    ost_login_jar jar = {pairs, 0};
    ost_text rest = {(const char *)data, size}, line, sealed, packed;
    ost_login_session session;
    login_seal seal;
    ost_arena *arena = ost_arena_new(1 << 20);
    while (jar.count < COOKIES && text_next(&rest, '\n', &line)) {
        size_t equals = text_find(line, '=', 0);
        pairs[jar.count++] =
            (ost_login_pair){text_slice(line, 0, equals), text_slice(line, equals + 1, line.len)};
    }
    if (login_seal_init(&seal, "ostiary login session 1", secret, (ost_text){0}, &context) !=
        OST_OK)
        abort();
    for (size_t choice = 0; choice < LOGIN_CHOICES; choice++) {
        if (login_cookies_join(&jar, name, choice, arena, &sealed) == OST_OK &&
            login_seal_open(&seal, name, sealed, arena, &packed) == OST_OK &&
            login_unpack_session(packed, arena, &session) == OST_OK &&
            !text_is(session.refresh_token, "a seed"))
            abort();
    }
    login_seal_clear(&seal);
    ost_arena_free(arena);
    return 0;
}
