/* SPDX-License-Identifier: Apache-2.0 */
/* Pushed authorization requests; see pushed_request.h. */
#include "provider/login/pushed_request.h"

#include <string.h>

#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/realm/network.h"
#include "provider/realm/uuid.h"
#include "store/grant/store_pushed.h"

#define PARAMETERS_MAX ((size_t)48 << 10) /* bytes, as of a request's line */
#define WAITING_MAX 5000                  /* of one client */
#define PAGES_MAX 4                       /* each as long as a login may take */

/* Only a hash of the name is stored: who reads the store learns no request's name. */
static bool hash_name(call *c, ost_text name, ost_text *ret_id)
{
    return call_hash(c, name, ret_id) == OST_OK || call_refuse(c, 500, "server_error", NULL);
}

static bool is_kept(ost_text name)
{
    static const char *const proofs[] = {"client_id", "client_secret", "client_assertion",
                                         "client_assertion_type"};
    for (size_t i = 0; i < ARRAY_LEN(proofs); i++) {
        if (text_is(name, proofs[i]))
            return false;
    }
    return true;
}

static bool write_parameters(call *c, ost_text *ret_form)
{
    buffer_auto buffer form = {0};
    buffer_init(&form, PARAMETERS_MAX);
    form_append(&form, "client_id", text_of(c->client->client_id));
    for (size_t i = 0; i < c->form.count; i++) {
        const char *name = ost_arena_copy(c->arena, c->form.pairs[i].name);
        if (name == NULL)
            return call_refuse(c, 500, "server_error", NULL);
        if (is_kept(c->form.pairs[i].name) && strlen(name) == c->form.pairs[i].name.len)
            form_append(&form, name, c->form.pairs[i].value);
    }
    if (form.failed == OST_E_CEILING)
        return call_refuse(c, 413, "invalid_request", "The request is too long");
    return call_keep(c, &form, ret_form);
}

bool pushed_request_keep(call *c, ost_text *ret_uri)
{
    store_pushed row = {.realm = text_of(c->realm->name),
                        .client_id = text_of(c->client->client_id),
                        .expires = c->now + c->realm->pushed_lifespan};
    if (c->client->public_client)
        row.network = network_of(c->request->peer);
    ost_text random = uuid_text(c->provider->context, c->arena);
    const char *uri = call_format(c, PUSHED_REQUEST_PREFIX "%.*s", OST_FORMAT(random));
    if (random.data == NULL || uri == NULL)
        return call_refuse(c, 500, "server_error", NULL);
    if (!hash_name(c, text_of(uri), &row.id) || !write_parameters(c, &row.parameters))
        return false;
    if (store_pushed_create(c->provider->store, &row, WAITING_MAX, c->now) != OST_OK)
        return call_refuse_busy(c);
    *ret_uri = text_of(uri);
    return true;
}

bool pushed_request_is_named(const call *c)
{
    return text_starts(call_parameter(c, "request_uri"), PUSHED_REQUEST_PREFIX);
}

/* As Keycloak, which tells a browser no more. */
bool pushed_request_begin(call *c, ost_text *ret_id)
{
    ost_text id, parameters;
    int64_t until = c->now + c->realm->lifespans.login * PAGES_MAX;
    if (http_form_count(&c->form, "request_uri") != 1 ||
        http_form_count(&c->form, "client_id") != 1)
        return call_refuse(c, 400, "invalid_request", "Invalid Request");
    if (!hash_name(c, call_parameter(c, "request_uri"), &id))
        return false;
    ost_result result = store_pushed_begin(c->provider->store, text_of(c->realm->name),
                                           call_parameter(c, "client_id"), id, c->now, until,
                                           c->arena, &parameters);
    c->beside = c->form;
    if (result == OST_OK)
        result = http_form_read(parameters, c->arena, &c->form);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_request", "Invalid Request");
    if (result != OST_OK)
        return call_refuse(c, 503, "temporarily_unavailable",
                           "The service is busy. Please try again in a moment.");
    *ret_id = id;
    return true;
}

bool pushed_request_spend(call *c, ost_text id)
{
    if (id.len == 0)
        return true;
    ost_result result = store_pushed_spend(c->provider->store, text_of(c->realm->name), id, c->now);
    if (result == OST_E_NOT_FOUND)
        return call_refuse(c, 400, "invalid_request",
                           "This login has been completed already, perhaps in another tab, or took "
                           "too long. Please begin again in your application.");
    return result == OST_OK || call_refuse(c, 503, "temporarily_unavailable",
                                           "The service is busy. Please try again in a moment.");
}
