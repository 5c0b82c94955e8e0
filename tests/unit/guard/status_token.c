/* SPDX-License-Identifier: Apache-2.0 */
/* Makes status list tokens; see status_token.h. */
#include "status_token.h"

#include <zlib.h>

#include "base/base64url.h"
#include "fixture.h"

ost_text status_token_lst(ost_arena *arena, const void *bytes, size_t len)
{
    uLongf size = compressBound(len);
    unsigned char *data = ost_arena_alloc(arena, size);
    ost_text encoded;
    assert_int_equal(compress2(data, &size, bytes, len, 9), Z_OK);
    assert_int_equal(base64url_encode_to(arena, (ost_text){(char *)data, size}, &encoded), OST_OK);
    return encoded;
}

ost_text status_token_sign(ost_arena *arena, const ost_key *key, const char *typ,
                           const char *claims)
{
    ost_text token;
    assert_int_equal(ost_jws_sign(text_of(claims), key, OST_ES256, typ, arena, &token), OST_OK);
    return token;
}

ost_text status_token(ost_arena *arena, const ost_key *key, const char *uri, int64_t issued,
                      const char *more, unsigned bits, const void *bytes, size_t len)
{
    ost_text lst = status_token_lst(arena, bytes, len);
    char *claims = ost_arena_format(
        arena, "{\"sub\":\"%s\",\"iat\":%lld%s,\"status_list\":{\"bits\":%u,\"lst\":\"%.*s\"}}",
        uri, (long long)issued, more, bits, (int)lst.len, lst.data);
    assert_non_null(claims);
    return status_token_sign(arena, key, "statuslist+jwt", claims);
}
