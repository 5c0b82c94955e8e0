/* SPDX-License-Identifier: Apache-2.0 */
/* A signed authorization request, by a secret that the seeds know: what is accepted is the client's
 * own, names nothing but parameters, and holds no other object. */
#include <stdlib.h>

#include "base/text.h"
#include "one_realm.h"
#include "provider/login/request_object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
    if (!held)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    call *c = one_realm_call();
    const realm_client *client = realm_find_client(c->realm, OST_TEXT("mac"));
    const http_pair pair = {OST_TEXT("request"), {(const char *)data, size}};
    c->form = (http_form){.pairs = &pair, .count = 1};
    bool good = request_object_read(c, client);
    require(good == (c->error.status == 0));
    if (!good) {
        require(c->error.error != NULL && c->form.pairs == &pair);
        return 0;
    }
    if (size == 0)
        return 0;
    require(text_is(call_parameter(c, "client_id"), "mac"));
    require(http_form_count(&c->form, "client_id") == 1);
    require(http_form_count(&c->form, "request") == 0);
    require(http_form_count(&c->form, "iss") == 0 && http_form_count(&c->form, "exp") == 0);
    for (size_t i = 0; i < c->form.count; i++)
        require(text_find(c->form.pairs[i].value, '\0', 0) == c->form.pairs[i].value.len);
    return 0;
}
