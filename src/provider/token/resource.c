/* SPDX-License-Identifier: Apache-2.0 */
/* Resource indicators; see resource.h. */
#include "provider/token/resource.h"

#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/percent.h"
#include "base/text.h"

#define MAX_RESOURCES_TEXT 4096

static bool refuse_target(call *c, const char *description)
{
    return call_refuse(c, 400, "invalid_target", description);
}

/* ---- which are known ---- */

static bool mappers_give(const realm_mapper *mappers, size_t count, ost_text uri)
{
    for (size_t i = 0; i < count; i++) {
        const ost_json *config = mappers[i].config;
        if (mappers[i].known == MAPPER_AUDIENCE &&
            (ost_json_equals(ost_json_get(config, "included.custom.audience"), uri) ||
             ost_json_equals(ost_json_get(config, "included.client.audience"), uri)))
            return true;
    }
    return false;
}

static bool scopes_give(const realm_scope *const *scopes, ost_text uri)
{
    for (size_t i = 0; scopes != NULL && scopes[i] != NULL; i++) {
        if (mappers_give(scopes[i]->mappers, scopes[i]->mapper_count, uri))
            return true;
    }
    return false;
}

static bool is_listed(ost_text list, ost_text uri)
{
    while (list.len > 0) {
        const char *end = memmem(list.data, list.len, "##", 2);
        size_t len = end != NULL ? (size_t)(end - list.data) : list.len;
        ost_text entry = text_trim(text_slice(list, 0, len));
        ost_text prefix = text_slice(entry, 0, entry.len > 0 ? entry.len - 1 : 0);
        if (text_ends(entry, "/*") ? text_equal(text_slice(uri, 0, prefix.len), prefix)
                                   : text_equal(uri, entry))
            return true;
        list = text_slice(list, end != NULL ? len + 2 : len, list.len);
    }
    return false;
}

/* http://localhost, with a port and a path or without. */
static bool is_of_this_machine(ost_text uri)
{
    static const char *const hosts[] = {"http://localhost", "http://127.0.0.1", "http://[::1]"};
    for (size_t i = 0; i < ARRAY_LEN(hosts); i++) {
        size_t len = strlen(hosts[i]);
        if (text_starts(uri, hosts[i]) && text_find(uri, '@', 0) == uri.len &&
            (uri.len == len || strchr(":/?", uri.data[len]) != NULL))
            return true;
    }
    return false;
}

static bool is_known(const call *c, ost_text uri)
{
    const realm_client *api = realm_find_client(c->realm, uri);
    ost_text list = {0};
    if (api != NULL && api->enabled)
        return true;
    (void)!ost_json_text(
        ost_json_get(ost_json_get(c->realm->document, "attributes"), "resource.indicators"), &list);
    return mappers_give(c->client->mappers, c->client->mapper_count, uri) ||
           scopes_give(c->client->default_scopes, uri) ||
           scopes_give(c->client->optional_scopes, uri) || is_listed(list, uri) ||
           (c->provider->development && is_of_this_machine(uri));
}

/* ---- reading ---- */

static bool is_acceptable(call *c, ost_text uri)
{
    if (!uri_is_absolute(uri))
        return refuse_target(c, "Invalid resource: not an absolute URI without a fragment");
    return is_known(c, uri) ||
           refuse_target(c, "Invalid resource: not known to the realm (see resource.indicators)");
}

/* Each once. */
static bool resource_add(call *c, ost_text uri, buffer *b, size_t *count)
{
    if (uri.len == 0 || text_list_has(buffer_text(b), uri))
        return true;
    if (++*count > RESOURCES_MAX)
        return refuse_target(c, "Too many resources");
    if (!is_acceptable(c, uri))
        return false;
    if (b->len > 0)
        buffer_append_byte(b, ' ');
    buffer_append(b, uri);
    return true;
}

bool resources_take(call *c, const ost_json *claim, ost_text *ret_resources)
{
    buffer_auto buffer b = {0};
    ost_text uri;
    size_t count = 0;
    const ost_json *at = ost_json_is(claim, OST_JSON_ARRAY) ? ost_json_first(claim) : claim;
    buffer_init(&b, MAX_RESOURCES_TEXT);
    for (; at != NULL; at = at == claim ? NULL : ost_json_next(at)) {
        if (!ost_json_text(at, &uri) || uri.len == 0)
            return refuse_target(c, "Invalid resource: not a text");
        if (!resource_add(c, uri, &b, &count))
            return false;
    }
    if (count == 0)
        return refuse_target(c, "Invalid resource: none is named");
    if (b.failed == OST_E_CEILING)
        return refuse_target(c, "Too many resources");
    return call_keep(c, &b, ret_resources);
}

bool resources_read(call *c, ost_text *ret_resources)
{
    buffer_auto buffer b = {0};
    size_t count = 0;
    buffer_init(&b, MAX_RESOURCES_TEXT);
    for (size_t i = 0; i < c->form.count; i++) {
        if (text_is(c->form.pairs[i].name, "resource") &&
            !resource_add(c, c->form.pairs[i].value, &b, &count))
            return false;
    }
    if (b.failed == OST_E_CEILING)
        return refuse_target(c, "Too many resources");
    return call_keep(c, &b, ret_resources);
}

bool resources_narrow(call *c, ost_text granted, ost_text *ret_resources)
{
    ost_text asked, rest, uri;
    if (!resources_read(c, &asked))
        return false;
    rest = asked;
    while (granted.len > 0 && text_next(&rest, ' ', &uri)) {
        if (uri.len > 0 && !text_list_has(granted, uri))
            return refuse_target(c, "Invalid resource: not granted");
    }
    *ret_resources = asked.len > 0 ? asked : granted;
    return true;
}
