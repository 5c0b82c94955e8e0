/* SPDX-License-Identifier: Apache-2.0 */
/* Second factors and types of credentials; see user_factor.h. */
#include "provider/user/user_factor.h"

#include "base/array.h"
#include "base/text.h"
#include "provider/user/recovery_codes.h"

#define LABEL_MAX 255 /* bytes */

static const struct {
    const char *type;
    realm_factor factor;
} types[] = {
    {"otp", FACTOR_CODE},  {"webauthn", FACTOR_KEY}, {RECOVERY_TYPE, FACTOR_RECOVERY},
    {"totp", FACTOR_CODE}, /* of before Keycloak 8 */
    {"hotp", FACTOR_CODE},
};

realm_factor user_factor_of_type(ost_text type)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (text_is(type, types[i].type))
            return types[i].factor;
    }
    return FACTOR_NONE;
}

const char *user_factor_type(realm_factor factor)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (types[i].factor == factor)
            return types[i].type;
    }
    return NULL;
}

size_t user_factors_list(const ost_json *user, unsigned wanted, realm_factor ret[FACTORS])
{
    size_t count = 0;
    ost_text type;
    for (const ost_json *at = ost_json_first(ost_json_get(user, "credentials")); at != NULL;
         at = ost_json_next(at)) {
        realm_factor factor = ost_json_text(ost_json_get(at, "type"), &type)
                                  ? user_factor_of_type(type)
                                  : FACTOR_NONE;
        if ((factor & wanted) == 0)
            continue;
        wanted &= ~(unsigned)factor;
        ret[count++] = factor;
    }
    return count;
}

unsigned user_factors_of(const ost_json *user)
{
    realm_factor list[FACTORS];
    unsigned factors = 0;
    size_t count = user_factors_list(user, ~0U, list);
    for (size_t i = 0; i < count; i++)
        factors |= list[i];
    return factors;
}

bool user_factor_label_fits(ost_text label)
{
    return label.len <= LABEL_MAX && text_is_utf8(label);
}
