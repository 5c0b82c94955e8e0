/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of authentication; see acr_level.h. */
#include "provider/token/acr_level.h"

#include <string.h>

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/client/client_find.h"
#include "provider/proof/attribute.h"
#include "store/session/store_session.h"

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
        return attribute_level(found, ret_level);
    if (!text_to_unsigned(name, FLOW_LEVEL_MAX, &number))
        return false;
    *ret_level = (int64_t)number;
    return true;
}

/* The name of the highest level up to the one that was reached; of two for one level the first. */
typedef struct best {
    ost_text name;
    int64_t level;
} best;

static void compare(best *found, ost_text name, int64_t level, int64_t reached)
{
    if (level > found->level && level <= reached)
        *found = (best){name, level};
}

static best best_of_asked(call *c, const realm_client *client, ost_text names, int64_t reached)
{
    best found = {.level = -1};
    ost_text name;
    int64_t level;
    while (text_next(&names, ' ', &name)) {
        if (acr_level_of(c, client, name, &level))
            compare(&found, name, level, reached);
    }
    return found;
}

static best best_of_all(const ost_json *map, int64_t reached)
{
    best found = {.level = -1};
    int64_t level;
    for (const ost_json *at = ost_json_first(map); at != NULL; at = ost_json_next(at)) {
        if (attribute_level(at, &level))
            compare(&found, ost_json_name(at), level, reached);
    }
    return found;
}

ost_text acr_level_name(call *c, const realm_client *client, const reached_level *reached)
{
    const ost_json *map = map_of(c, client);
    int64_t level = ACR_LEVEL_PROVED;
    best found = {0};
    if (reached != NULL)
        level = reached->leveled  ? reached->level
                : reached->proved ? ACR_LEVEL_PROVED
                                  : ACR_LEVEL_SESSION;
    if (map != NULL && ost_json_first(map) != NULL) {
        found = best_of_asked(c, client, reached != NULL ? reached->names : (ost_text){0}, level);
        if (found.name.len == 0)
            found = best_of_all(map, level);
    }
    return found.name.len > 0 ? found.name : text_of(call_format(c, "%lld", (long long)level));
}

const ost_json *acr_name_after(call *c, const ost_json *before, ost_text *ret_name)
{
    const ost_json *at = before != NULL ? ost_json_next(before) : NULL;
    if (before == NULL) {
        const ost_json *map = map_of(c, NULL);
        at = map != NULL ? ost_json_first(map) : NULL;
    }
    if (at != NULL)
        *ret_name = ost_json_name(at);
    return at;
}

static const reached_level *level_of_claims(call *c, const ost_claims *claims,
                                            const reached_level *of_part)
{
    int64_t level;
    const realm_client *client = client_find(c, ost_claims_text(claims, "azp"));
    const ost_json *own = ost_claims_get(claims, LEVEL_CLAIM);
    if (of_part == NULL || own != NULL)
        return reached_level_own(c, of_part, own);
    if (!acr_level_of(c, client, ost_claims_text(claims, "acr"), &level) || level < 0)
        level = FLOW_LEVEL_NONE;
    if (!of_part->leveled) /* the token of a login that came with a session says so */
        return level == ACR_LEVEL_SESSION ? reached_level_limit(c, of_part, level) : of_part;
    return reached_level_limit(c, of_part, level < of_part->level ? level : of_part->level);
}

ost_result acr_level_of_token(call *c, const ost_claims *claims, const reached_level **ret)
{
    store_client_session part;
    ost_text session = ost_claims_text(claims, "sid");
    *ret = NULL;
    if (session.len == 0)
        return OST_OK;
    ost_result result = store_client_session_get(c->provider->store, session,
                                                 ost_claims_text(claims, "azp"), c->arena, &part);
    if (result == OST_OK)
        *ret = level_of_claims(c, claims, reached_level_read(c, part.notes));
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

/* ---- demands ---- */

#define NAMES_MAX 512 /* bytes of names that are kept: they travel in the login form's action */

/* The least of the levels that would do. */
typedef struct least {
    bool any, unknown, essential;
    int64_t level;
    char names[NAMES_MAX + 1];
    size_t len;
} least;

/* A name that is not kept is not called by; there is its number. */
static void keep_name(least *l, ost_text name)
{
    size_t space = l->len > 0;
    if (name.len == 0 || text_find(name, ' ', 0) < name.len || !text_is_utf8(name) ||
        text_list_has((ost_text){l->names, l->len}, name) || l->len + space + name.len > NAMES_MAX)
        return;
    if (space > 0)
        l->names[l->len++] = ' ';
    memcpy(l->names + l->len, name.data, name.len);
    l->len += name.len;
}

static void take(call *c, const realm_client *client, ost_text name, least *l)
{
    int64_t level;
    if (!acr_level_of(c, client, name, &level)) {
        l->unknown = true;
        return;
    }
    l->level = !l->any || level < l->level ? level : l->level;
    l->any = true;
    keep_name(l, name);
}

static void take_claim(call *c, const realm_client *client, const ost_json *claim, least *l)
{
    ost_text name;
    if (!ost_json_is(claim, OST_JSON_OBJECT))
        return;
    if (ost_json_text(ost_json_get(claim, "value"), &name))
        take(c, client, name, l);
    const ost_json *values = ost_json_get(claim, "values");
    if (ost_json_is(values, OST_JSON_ARRAY)) {
        for (const ost_json *at = ost_json_first(values); at != NULL; at = ost_json_next(at)) {
            if (ost_json_text(at, &name))
                take(c, client, name, l);
        }
    }
    if (l->any || l->unknown)
        (void)!ost_json_boolean(ost_json_get(claim, "essential"), &l->essential);
}

static void take_names(call *c, const realm_client *client, least *l)
{
    ost_text name, rest = call_parameter(c, "acr_values");
    while (text_next(&rest, ' ', &name))
        take(c, client, name, l);
}

static void take_default(call *c, const realm_client *client, least *l)
{
    ost_text name, rest = {0};
    (void)!ost_json_text(ost_json_get(client->attributes, "default.acr.values"), &rest);
    while (attribute_next(&rest, &name))
        take(c, client, name, l);
}

static int64_t highest_of(const realm_client *client)
{
    return client->browser_leveled ? client->browser_level : ACR_LEVEL_PROVED;
}

/* No less than the client may have, and where its flow has levels, but none of that name, the
 * highest. What is essential and not known stays that. */
static void take_minimum(call *c, const realm_client *client, least *l)
{
    ost_text name = {0};
    int64_t level;
    (void)!ost_json_text(ost_json_get(client->attributes, "minimum.acr.value"), &name);
    if (name.len == 0 || (l->essential && !l->any))
        return;
    if (!acr_level_of(c, client, name, &level)) {
        if (!client->browser_leveled)
            return;
        level = highest_of(client);
        name = (ost_text){0};
    }
    if (l->any && l->level >= level)
        return;
    l->any = true;
    l->level = level;
    keep_name(l, name);
}

/* What cannot be had, or is not known, is tried as well as can be, unless it is essential. */
static acr_demand judge(const realm_client *client, const least *l, call_level *level)
{
    int64_t highest = highest_of(client);
    if (!l->any && !l->unknown)
        return ACR_ANY;
    if (l->essential && !l->any)
        return ACR_UNKNOWN;
    if (l->essential && l->level > highest)
        return ACR_UNMET;
    level->level = l->level < highest ? l->level : highest;
    level->asked = client->browser_leveled;
    level->essential = l->essential;
    if (client->browser_leveled)
        return ACR_ANY;
    return l->any && l->level <= ACR_LEVEL_SESSION ? ACR_ANY : ACR_PROVED;
}

static acr_demand acr_demand_finish(call *c, const realm_client *client, least *l,
                                    call_level *ret_level)
{
    call_level level = {0};
    if (!l->any && !l->unknown)
        take_default(c, client, l);
    take_minimum(c, client, l);
    acr_demand demand = judge(client, l, &level);
    char *names = l->len > 0 ? ost_arena_copy(c->arena, (ost_text){l->names, l->len}) : NULL;
    if (names != NULL)
        level.names = (ost_text){names, l->len};
    *ret_level = level;
    return demand;
}

acr_demand acr_demand_read(call *c, const realm_client *client, call_level *ret_level)
{
    const ost_json *claims = read_object(c, call_parameter(c, "claims"));
    least l = {0};
    take_claim(c, client, ost_json_get(ost_json_get(claims, "id_token"), "acr"), &l);
    if (!l.any && !l.unknown)
        take_names(c, client, &l);
    return acr_demand_finish(c, client, &l, ret_level);
}

bool acr_demand_of_client(call *c, const realm_client *client, call_level *ret_level)
{
    least l = {0};
    return acr_demand_finish(c, client, &l, ret_level) == ACR_PROVED;
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
