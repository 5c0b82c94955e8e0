/* SPDX-License-Identifier: Apache-2.0 */
/* A client's assertion, signed by a secret that the seeds know: what lets in says so of itself, in
 * time, for this realm, and works once. */
#include <stdlib.h>

#include "base/text.h"
#include "one_realm.h"
#include "provider/token/client_assertion.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

static bool check(call *c, const http_pair *pairs, const realm_client *client)
{
    c->error = (call_error){0};
    c->form = (http_form){.pairs = pairs, .count = 2};
    bool good = client_assertion_check(c, client);
    require(good == (c->error.status == 0));
    require(good || c->error.error != NULL);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    ost_text assertion = {(const char *)data, size};
    const realm_client *client = realm_find_client(c->realm, OST_TEXT("mac"));
    const http_pair pairs[] = {{OST_TEXT("client_assertion_type"),
                                OST_TEXT("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")},
                               {OST_TEXT("client_assertion"), assertion}};
    require(proof_cache_new(c->provider->context, 16, &c->provider->assertions) == OST_OK);
    bool good = check(c, pairs, client);
    ost_text subject = client_assertion_unverified_subject(c);
    if (good) {
        ost_unverified_token token;
        require(text_is(subject, "mac"));
        require(ost_jwt_read_unverified(assertion, c->arena, &token, NULL) == OST_OK);
        require(ost_json_equals(ost_json_get(token.claims, "iss"), subject));
        require(!check(c, pairs, client));
        require(c->error.status == 400);
    }
    proof_cache_free(c->provider->assertions);
    return 0;
}
