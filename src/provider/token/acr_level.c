/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of authentication; see acr_level.h. */
#include "provider/token/acr_level.h"

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/proof/attribute.h"

#define CLAIMS_BYTES_MAX ((size_t)8 << 10)

/* ---- names ---- */

static const ost_json *read_object(call *c, ost_text text)
{
    static const ost_json_limits limits = {
        .max_bytes = CLAIMS_BYTES_MAX, .max_depth = 8, .max_values = 500};
    const ost_json *object;
    if (text.len == 0 || ost_json_read(text, &limits, c->arena, &object, NULL) != OST_OK ||
        !ost_json_is(object, OST_JSON_OBJECT))
        return NULL;
    return object;
}

static const ost_json *read_map(call *c, const ost_json *attributes)
{
    ost_text text = {0};
    (void)!ost_json_text(ost_json_get(attributes, "acr.loa.map"), &text);
    return read_object(c, text);
}

static bool read_level(const ost_json *value, int64_t *ret_level)
{
    ost_text text;
    uint64_t level;
    if (ost_json_integer(value, ret_level))
        return true;
    if (!ost_json_text(value, &text) || !text_to_unsigned(text, 1u << 30, &level))
        return false;
    *ret_level = (int64_t)level;
    return true;
}

static const ost_json *find_name(const ost_json *map, ost_text name)
{
    for (const ost_json *at = map != NULL ? ost_json_first(map) : NULL; at != NULL;
         at = ost_json_next(at)) {
        if (text_equal(ost_json_name(at), name))
            return at;
    }
    return NULL;
}

/* The client's own names go before the realm's. */
static const ost_json *map_of(call *c, const realm_client *client)
{
    const ost_json *map = client != NULL ? read_map(c, client->attributes) : NULL;
    if (map == NULL || ost_json_first(map) == NULL)
        map = read_map(c, ost_json_get(c->realm->document, "attributes"));
    return map;
}

bool acr_level_of(call *c, const realm_client *client, ost_text name, int64_t *ret_level)
{
    uint64_t number;
    const ost_json *found = find_name(map_of(c, client), name);
    if (found != NULL)
        return read_level(found, ret_level);
    if (!text_to_unsigned(name, 1u << 30, &number))
        return false;
    *ret_level = (int64_t)number;
    return true;
}

ost_text acr_level_name(call *c, const realm_client *client, int64_t level)
{
    const ost_json *map = map_of(c, client);
    int64_t its;
    for (const ost_json *at = map != NULL ? ost_json_first(map) : NULL; at != NULL;
         at = ost_json_next(at)) {
        if (read_level(at, &its) && its == level)
            return ost_json_name(at);
    }
    return level == ACR_LEVEL_SESSION ? OST_TEXT("0") : OST_TEXT("1");
}

/* ---- demands ---- */

/* The least of the levels that would do. */
typedef struct least {
    bool any, unknown;
    int64_t level;
} least;

static void take(call *c, const realm_client *client, ost_text name, least *l)
{
    int64_t level;
    if (!acr_level_of(c, client, name, &level)) {
        l->unknown = true;
        return;
    }
    l->level = !l->any || level < l->level ? level : l->level;
    l->any = true;
}

static void take_claim(call *c, const realm_client *client, const ost_json *claim, least *l)
{
    ost_text name;
    if (ost_json_text(ost_json_get(claim, "value"), &name))
        take(c, client, name, l);
    const ost_json *values = ost_json_get(claim, "values");
    if (!ost_json_is(values, OST_JSON_ARRAY))
        return;
    for (const ost_json *at = ost_json_first(values); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name))
            take(c, client, name, l);
    }
}

/* What cannot be had, or is not known, is tried as well as can be. */
static acr_demand voluntary(const least *l)
{
    if (!l->any && !l->unknown)
        return ACR_ANY;
    return l->any && l->level <= ACR_LEVEL_SESSION ? ACR_ANY : ACR_PROVED;
}

static acr_demand essential(const least *l)
{
    if (!l->any)
        return l->unknown ? ACR_UNKNOWN : ACR_ANY;
    if (l->level > ACR_LEVEL_PROVED)
        return ACR_UNMET;
    return l->level <= ACR_LEVEL_SESSION ? ACR_ANY : ACR_PROVED;
}

static acr_demand of_names(call *c, const realm_client *client)
{
    least l = {0};
    ost_text name, rest = call_parameter(c, "acr_values");
    while (text_next(&rest, ' ', &name))
        take(c, client, name, &l);
    if (l.any || l.unknown)
        return voluntary(&l);
    (void)!ost_json_text(ost_json_get(client->attributes, "default.acr.values"), &rest);
    while (attribute_next(&rest, &name))
        take(c, client, name, &l);
    return voluntary(&l);
}

acr_demand acr_demand_read(call *c, const realm_client *client)
{
    const ost_json *claims = read_object(c, call_parameter(c, "claims"));
    const ost_json *claim = ost_json_get(ost_json_get(claims, "id_token"), "acr");
    least l = {0};
    bool is_essential = false;
    if (!ost_json_is(claim, OST_JSON_OBJECT))
        return of_names(c, client);
    take_claim(c, client, claim, &l);
    (void)!ost_json_boolean(ost_json_get(claim, "essential"), &is_essential);
    if (is_essential && (l.any || l.unknown))
        return essential(&l);
    return l.any || l.unknown ? voluntary(&l) : of_names(c, client);
}

/* ---- for policies ---- */

static size_t put_claim(const ost_json *claim, ost_json_writer *w)
{
    size_t count = 0;
    ost_text name;
    const ost_json *values = ost_json_get(claim, "values");
    if (ost_json_text(ost_json_get(claim, "value"), &name)) {
        ost_json_put_text(w, name);
        count++;
    }
    for (const ost_json *at = ost_json_first(values); at != NULL; at = ost_json_next(at)) {
        if (ost_json_text(at, &name)) {
            ost_json_put_text(w, name);
            count++;
        }
    }
    return count;
}

static void put_names(call *c, const realm_client *client, ost_json_writer *w)
{
    size_t count = 0;
    ost_text name, rest = call_parameter(c, "acr_values");
    for (; text_next(&rest, ' ', &name); count += name.len > 0) {
        if (name.len > 0)
            ost_json_put_text(w, name);
    }
    if (count > 0)
        return;
    (void)!ost_json_text(ost_json_get(client->attributes, "default.acr.values"), &rest);
    while (attribute_next(&rest, &name))
        ost_json_put_text(w, name);
}

const ost_json *acr_names_asked(call *c, const realm_client *client)
{
    const ost_json *claims = read_object(c, call_parameter(c, "claims")), *names;
    ost_json_writer *w = call_writer(c);
    if (w == NULL)
        return NULL;
    ost_json_open_array(w);
    if (put_claim(ost_json_get(ost_json_get(claims, "id_token"), "acr"), w) == 0)
        put_names(c, client, w);
    ost_json_close_array(w);
    return json_writer_read(w, NULL, &names, NULL) == OST_OK ? names : NULL;
}
