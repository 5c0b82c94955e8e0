/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the payload of a verified token. */
#include <stdint.h>

#include "fixed_keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const audiences[] = {"a", "myapi"};
    const ost_claims_rules rules = {
        .issuer = "issuer",
        .audiences = audiences,
        .audience_count = 2,
        .max_age = size % 3 == 0 ? 600 : 0,
        .no_leeway = size % 2 == 0,
    };
    const ost_claims *claims = NULL;
    ost_error error = {0};
    ost_arena *arena = ost_arena_new((size_t)16 << 20);
    ost_result result =
        ost_claims_read((ost_text){(const char *)data, size}, arena, &claims, &error);
    check(error.code == result && text_is_utf8(text_of(error.detail)));
    check((claims != NULL) == (result == OST_OK));
    if (result == OST_OK) {
        check(ost_claims_expiry(claims) >= 0 &&
              ost_claims_expiry(claims) <= (int64_t)9007199254740992);
        check(text_is_utf8(ost_claims_issuer(claims)) && text_is_utf8(ost_claims_subject(claims)));
        for (int64_t now = 0; now <= 2000000000; now += 100000000) {
            result = ost_claims_check(claims, &rules, now, &error);
            check(result == OST_OK || text_is_utf8(text_of(error.detail)));
            if (result == OST_OK)
                check(ost_claims_has_audience(claims, OST_TEXT("a")) ||
                      ost_claims_has_audience(claims, OST_TEXT("myapi")));
        }
    }
    ost_arena_free(arena);
    return 0;
}
