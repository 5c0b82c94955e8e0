/* SPDX-License-Identifier: Apache-2.0 */
/* Components of the admin REST API, as they are shown. */
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/component/component_part.h"
#include "provider/key/key_component.h"
#include "provider/member/masked.h"
#include "provider/realm/document_limit.h"
#include "store/realm/store_key.h"

static void put_provider(const admin_call *a, ost_json_writer *w, const key_provider *p)
{
    ost_json_open_object(w);
    ost_json_member_text(w, "id", p->id);
    ost_json_member_text(w, "name", p->name);
    ost_json_member_text(w, "providerId", p->kind);
    ost_json_member_string(w, "providerType", KEY_PROVIDER);
    ost_json_member_text(w, "parentId", a->realm.row.id);
    ost_json_member_value(w, "config", p->config);
    ost_json_close_object(w);
}

/* A component of the realm's document; secrets of its settings are not told. */
static void put_other(const admin_call *a, ost_json_writer *w, ost_text type,
                      const ost_json *component)
{
    static const char *const members[] = {"name", "providerId", "subType", NULL};
    const ost_json *config = ost_json_get(component, "config");
    ost_json_open_object(w);
    ost_json_member_text(w, "id", part_id(a->realm.row.id, component, a->arena));
    for (size_t i = 0; members[i] != NULL; i++) {
        const ost_json *value = ost_json_get(component, members[i]);
        if (value != NULL)
            ost_json_member_value(w, members[i], value);
    }
    ost_json_member_text(w, "providerType", type);
    ost_json_member_text(w, "parentId", a->realm.row.id);
    ost_json_put_name(w, OST_TEXT("config"));
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(config); at != NULL; at = ost_json_next(at)) {
        ost_text name = ost_json_name(at);
        bool secret = text_is(name, "bindCredential") || text_is(name, "secret") ||
                      text_is(name, "keystorePassword") || text_is(name, "keyPassword") ||
                      text_is(name, "privateKey");
        ost_json_put_name(w, name);
        if (!secret) {
            ost_json_put_value(w, at);
            continue;
        }
        ost_json_open_array(w);
        ost_json_put_text(w, OST_TEXT(MASK));
        ost_json_close_array(w);
    }
    ost_json_close_object(w);
    ost_json_close_object(w);
}

static bool fits(ost_text wanted, ost_text value)
{
    return wanted.len == 0 || text_equal(wanted, value);
}

ost_result admin_list_components(admin_call *a)
{
    store_key *rows;
    key_provider p;
    size_t count = 0;
    const ost_json *components = ost_json_get(a->realm.realm->document, "components");
    ost_text type = admin_parameter(a, "type"), name = admin_parameter(a, "name");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = store_key_list(a->realm.store, a->realm.row.name, a->arena, &rows, &count);
    if (w == NULL)
        return OST_E_MEMORY;
    bool here = fits(admin_parameter(a, "parent"), a->realm.row.id);
    ost_json_open_array(w);
    for (size_t i = 0; i < count && result == OST_OK && here; i++) {
        result = key_provider_read(&rows[i], a->realm.row.id, a->arena, &p);
        if (result == OST_OK && fits(type, OST_TEXT(KEY_PROVIDER)) && fits(name, p.name))
            put_provider(a, w, &p);
    }
    for (const ost_json *at = ost_json_first(components); at != NULL && here;
         at = ost_json_next(at)) {
        for (const ost_json *one = ost_json_first(at); one != NULL; one = ost_json_next(one)) {
            if (fits(type, ost_json_name(at)) && fits(name, part_text(one, "name")))
                put_other(a, w, ost_json_name(at), one);
        }
    }
    ost_json_close_array(w);
    return result == OST_OK ? admin_answer(a, w) : result;
}

ost_result admin_read_component(admin_call *a)
{
    key_rows k;
    ost_text type;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    ost_result result = component_keys(a, a->values[1], &k);
    if (w == NULL)
        return OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    const ost_json *other = component_find(a, a->values[1], &type);
    if (k.found < k.count)
        put_provider(a, w, &k.provider);
    else if (other != NULL)
        put_other(a, w, type, other);
    else
        return admin_refuse(a, 404, "error", "Could not find component");
    return admin_answer(a, w);
}
