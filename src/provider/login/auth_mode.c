/* SPDX-License-Identifier: Apache-2.0 */
/* Response modes; see auth_mode.h. */
#include "provider/login/auth_mode.h"

#include "base/array.h"
#include "base/text.h"

static const char *const names[][2] = {[AUTH_QUERY] = {"query", "query.jwt"},
                                       [AUTH_FRAGMENT] = {"fragment", "fragment.jwt"},
                                       [AUTH_FORM_POST] = {"form_post", "form_post.jwt"}};

bool auth_mode_read(ost_text name, bool tokens, auth_mode *ret_mode)
{
    *ret_mode = (auth_mode){tokens ? AUTH_FRAGMENT : AUTH_QUERY, text_is(name, "jwt")};
    if (name.data == NULL || ret_mode->in_jwt)
        return true;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        for (size_t jwt = 0; jwt < 2; jwt++) {
            if (text_is(name, names[i][jwt])) {
                *ret_mode = (auth_mode){(auth_place)i, jwt == 1};
                return true;
            }
        }
    }
    return false;
}

const char *auth_mode_name(auth_mode mode)
{
    return names[mode.place][mode.in_jwt ? 1 : 0];
}
