/* SPDX-License-Identifier: Apache-2.0 */
/* Providers of keys that are added, changed and deleted: the way in which administrators rotate
 * keys. */
#include "base/array.h"
#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/component/component_part.h"
#include "provider/key/key_component.h"
#include "provider/key/key_kind.h"
#include "provider/member/member.h"
#include "provider/realm/key_ring.h"
#include "provider/realm/uuid.h"
#include "store/realm/store_key.h"

static const member addressed_members[] = {
    {"parentId", MEMBER_STRING, .fate = MEMBER_KEPT},
    {"providerType", MEMBER_STRING, .fate = MEMBER_ACTED},
};
/* Files have their type and their parent around them. */
static const member_kind addressed_component = {.title = "Component",
                                                .representation = "ComponentRepresentation",
                                                .base = &member_component,
                                                .members = addressed_members,
                                                .count = ARRAY_LEN(addressed_members)};

static bool take_body(admin_call *a)
{
    static const char names[] = "id|name|providerId|providerType|parentId|subType|config";
    return admin_body_has_only(a, addressed_component.representation, names) &&
           admin_body_of(a, &addressed_component);
}

/* Every setting is a list of texts. */
static bool check_config(admin_call *a, const ost_json *config)
{
    bool good = config == NULL || ost_json_is(config, OST_JSON_NULL) ||
                ost_json_is(config, OST_JSON_OBJECT);
    for (const ost_json *at = ost_json_first(config); good && at != NULL; at = ost_json_next(at)) {
        good = ost_json_is(at, OST_JSON_ARRAY) || ost_json_is(at, OST_JSON_NULL);
        for (const ost_json *one = ost_json_first(at); good && one != NULL;
             one = ost_json_next(one))
            good = ost_json_is(one, OST_JSON_STRING);
    }
    if (!good)
        admin_refuse(a, 400, "error", "unknown_error");
    return good;
}

static bool is_carried_out(admin_call *a)
{
    ost_text type = part_text(a->body, "providerType");
    if (text_is(type, KEY_PROVIDER) && key_kind_is_known(part_text(a->body, "providerId")))
        return true;
    if (text_starts(type, "org.keycloak.") && !text_is(type, KEY_PROVIDER))
        admin_refuse(a, 501, "error", "Components of this type are not carried out");
    else
        admin_refuse(a, 400, "error", "Invalid provider type or no such provider");
    return false;
}

/* Keys for what no key would sign any more: they stand behind all that an administrator adds. */
static ost_result fill_up(admin_call *a, key_rows *k)
{
    const ost_context *context = a->call->provider->context;
    ost_error error = {0};
    size_t before = k->count;
    ost_result result = key_ring_complete(a->realm.realm, k->rows, k->count, context, a->arena,
                                          &k->rows, &k->count, &error);
    return result == OST_OK
               ? key_components_fall_back(&k->rows[before], k->count - before, context, a->arena)
               : result;
}

static ost_result store_rows(admin_call *a, key_rows *k, ost_text removed)
{
    ost_result result = key_provider_choose(k->rows, k->count, a->realm.row.id, a->arena);
    if (result == OST_OK)
        result = fill_up(a, k);
    if (result == OST_OK && k->count > KEYS_MAX)
        return admin_refuse(a, 400, "errorMessage", "The realm has too many keys");
    if (result == OST_OK)
        result = store_key_change(a->realm.store, &a->realm.row, k->rows, k->count, removed);
    a->changed = result == OST_OK;
    return result;
}

static ost_result add_key(admin_call *a, key_rows *k, store_key *row)
{
    const ost_json *config = ost_json_get(a->body, "config");
    ost_text kind = part_text(a->body, "providerId"), name = part_text(a->body, "name");
    key_provider p = {.id = uuid_text(a->call->provider->context, a->arena), .kind = kind};
    for (size_t i = 0; i < k->count; i++) {
        if (text_equal(k->rows[i].kid, row->kid))
            return admin_refuse(a, 409, "errorMessage", "The realm has this key");
    }
    ost_result result = p.id.data != NULL ? key_provider_write(&p, name.len > 0 ? name : kind,
                                                               config, a->arena, row)
                                          : OST_E_MEMORY;
    k->count++;
    if (result == OST_OK)
        result = store_rows(a, k, (ost_text){0});
    if (result != OST_OK || a->status != 0)
        return result;
    return admin_answer_created(a,
                                ost_arena_format(a->arena, "/realms/%s/components/%.*s",
                                                 percent_encode(a->arena, a->realm.row.name).data,
                                                 (int)p.id.len, p.id.data));
}

ost_result admin_create_component(admin_call *a)
{
    key_rows k;
    ost_error error = {0};
    if (!take_body(a) || !is_carried_out(a) || !check_config(a, ost_json_get(a->body, "config")))
        return OST_OK;
    const ost_json *config = ost_json_get(a->body, "config");
    ost_text kind = part_text(a->body, "providerId");
    if (key_kind_check(kind, config, NULL, &error) != OST_OK)
        return admin_refuse_result(a, OST_E_ARGUMENT, &error);
    ost_result result = component_keys(a, (ost_text){0}, &k);
    store_key *row = result == OST_OK ? &k.rows[k.count] : NULL;
    if (result == OST_OK)
        result = key_kind_make(kind, config, a->realm.row.name, a->call->provider->context,
                               a->arena, row, &error);
    if (result != OST_OK)
        return admin_refuse_result(a, result, &error);
    return add_key(a, &k, row);
}

/* True: the path names a provider of keys; otherwise the call is refused. */
static bool find_key(admin_call *a, const key_rows *k)
{
    ost_text type;
    if (k->found < k->count)
        return true;
    if (component_find(a, a->values[1], &type) != NULL)
        admin_refuse(a, 501, "error", "Components of this type are not carried out");
    else
        admin_refuse(a, 404, "error", "Could not find component");
    return false;
}

ost_result admin_update_component(admin_call *a)
{
    key_rows k;
    ost_error error = {0};
    ost_result result = component_keys(a, a->values[1], &k);
    if (result != OST_OK || !find_key(a, &k) || !take_body(a) ||
        !check_config(a, ost_json_get(a->body, "config")))
        return result;
    const ost_json *config = ost_json_get(a->body, "config");
    ost_text name = part_text(a->body, "name");
    if (key_kind_check(k.provider.kind, config, k.provider.config, &error) != OST_OK)
        return admin_refuse_result(a, OST_E_ARGUMENT, &error);
    result = key_provider_write(&k.provider, name.len > 0 ? name : k.provider.name, config,
                                a->arena, &k.rows[k.found]);
    if (result == OST_OK)
        result = store_rows(a, &k, (ost_text){0});
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

ost_result admin_delete_component(admin_call *a)
{
    key_rows k;
    ost_result result = component_keys(a, a->values[1], &k);
    if (result != OST_OK || !find_key(a, &k))
        return result;
    ost_text kid = k.rows[k.found].kid;
    k.rows[k.found] = k.rows[--k.count];
    result = store_rows(a, &k, kid);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}
