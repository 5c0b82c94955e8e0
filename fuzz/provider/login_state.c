/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser may send for a login under way: a session code and a cookie, separated by a line
 * end. Nothing that was not sealed here is opened; sealed claims of any form do no harm. */
#include <stdlib.h>

#include "base/text.h"
#include "one_realm.h"
#include "provider/login/auth_request.h"
#include "provider/session/internal_token.h"
#include "provider/token/grant.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    auth_request request;
    const ost_claims *claims;
    ost_text both = {(const char *)data, size}, sealed;
    size_t end = text_find(both, '\n', 0);
    ost_text code = text_slice(both, 0, end), browser = text_slice(both, end + 1, size);
    auth_stage stage = (auth_stage)(size % 3);
    if (auth_request_open(c, code, stage, browser, &request) != AUTH_OPEN_INVALID ||
        internal_token_read(c, code, "Refresh", &claims) == OST_OK)
        abort(); /* the realm's key is known to nobody */
    /* The reader behind the signature, with claims of the fuzzer's. */
    if (!internal_token_make(c, code, NULL, &sealed))
        return 0;
    auth_open opened = auth_request_open(c, sealed, stage, browser, &request);
    if (opened == AUTH_OPEN_INVALID)
        return 0;
    /* A login of a device leads to no redirect URI. */
    if (request.device.len > 0 ? !c->client->device_grant
                               : !call_redirect_allowed(c, request.redirect_uri))
        abort();
    return 0;
}
