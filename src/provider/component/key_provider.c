/* SPDX-License-Identifier: Apache-2.0 */
/* Providers of keys as components; see key_provider.h. */
#include "provider/component/key_provider.h"

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/key/key_setting.h"

static ost_text setting(const ost_json *config, const char *name)
{
    ost_text text = {0};
    const ost_json *list = ost_json_get(config, name);
    if (!ost_json_text(ost_json_first(list), &text))
        (void)!ost_json_text(list, &text);
    return text;
}

/* What a key is called that no administrator has made. */
static const char *kind_of(const store_key *row)
{
    if (text_starts(row->algorithm, "HS"))
        return "hmac-generated";
    if (text_starts(row->algorithm, "ES"))
        return "ecdsa-generated";
    if (text_is(row->algorithm, "EdDSA"))
        return "eddsa-generated";
    return text_is(row->use, "enc") ? "rsa-enc-generated" : "rsa-generated";
}

static ost_result config_of_row(const store_key *row, ost_arena *arena, const ost_json **ret_config)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    key_setting_put(w, "priority", OST_TEXT("100"));
    key_setting_put(w, "algorithm", row->algorithm);
    if (row->state == STORE_KEY_PASSIVE)
        key_setting_put(w, "active", OST_TEXT("false"));
    ost_json_close_object(w);
    return json_writer_read(w, NULL, ret_config, NULL);
}

ost_result key_provider_read(const store_key *row, ost_text realm_id, ost_arena *arena,
                             key_provider *ret_provider)
{
    const ost_json *component = NULL;
    key_provider p = {0};
    ost_result result = OST_OK;
    if (row->component.len > 0) {
        result = ost_json_read(row->component, NULL, arena, &component, NULL);
        p.id = part_text(component, "id");
        p.name = part_text(component, "name");
        p.kind = part_text(component, "providerId");
        p.config = ost_json_get(component, "config");
    } else {
        result = document_put_text(NULL, "name", row->kid, arena, &component);
        p.id = part_id(realm_id, component, arena);
        p.name = p.kind = text_of(kind_of(row));
        if (result == OST_OK)
            result = config_of_row(row, arena, &p.config);
    }
    if (result != OST_OK)
        return result;
    p.priority = key_setting_priority(setting(p.config, "priority"));
    p.enabled = key_setting_is_on(setting(p.config, "enabled"));
    /* A key that waits, or that another one has taken the place of, does not sign. */
    p.active = key_setting_is_on(setting(p.config, "active")) && row->state != STORE_KEY_NEXT &&
               row->ends == 0;
    *ret_provider = p;
    return OST_OK;
}

/* Private parts live in the row alone. */
static bool is_private(ost_text name)
{
    return text_is(name, "privateKey") || text_is(name, "secret") ||
           text_is(name, "ecdsaPrivateKey") || text_is(name, "eddsaPrivateKey");
}

static void put_settings(ost_json_writer *w, const ost_json *old, const ost_json *new_ones)
{
    ost_json_open_object(w);
    for (const ost_json *at = ost_json_first(old); at != NULL; at = ost_json_next(at)) {
        if (ost_json_get_text(new_ones, ost_json_name(at)) != NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    for (const ost_json *at = ost_json_first(new_ones); at != NULL; at = ost_json_next(at)) {
        if (is_private(ost_json_name(at)) || ost_json_count(at) == 0)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
    ost_json_close_object(w);
}

ost_result key_provider_write(const key_provider *p, ost_text name, const ost_json *settings,
                              ost_arena *arena, store_key *row)
{
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", p->id);
    ost_json_member_text(w, "name", name);
    ost_json_member_text(w, "providerId", p->kind);
    ost_json_put_name(w, OST_TEXT("config"));
    put_settings(w, p->config, settings);
    ost_json_close_object(w);
    return ost_json_writer_finish(w, &row->component);
}

/* ---- who signs ---- */

/* A key of the rows with what its component says of it. */
typedef struct candidate {
    store_key *row;
    key_provider provider;
} candidate;

/* Whether its state follows from settings: waiting and retiring keys go by the clock. */
static bool is_settled(const store_key *row)
{
    return row->state != STORE_KEY_NEXT && row->ends == 0;
}

static bool may_sign(const candidate *c)
{
    return c->provider.enabled && c->provider.active && is_settled(c->row);
}

static bool serves_the_same(const candidate *one, const candidate *other)
{
    return text_equal(one->row->algorithm, other->row->algorithm) &&
           text_equal(one->row->use, other->row->use);
}

/* Of one priority, what signs already or is new, so that a change of another key changes nothing of
 * that; then the newer one, and the later one of the list. */
static bool goes_before(const candidate *one, const candidate *other)
{
    if (one->provider.priority != other->provider.priority)
        return one->provider.priority > other->provider.priority;
    if ((one->row->state == STORE_KEY_ACTIVE) != (other->row->state == STORE_KEY_ACTIVE))
        return one->row->state == STORE_KEY_ACTIVE;
    if (one->row->created != other->row->created)
        return one->row->created > other->row->created;
    return one > other;
}

static store_key_state state_of(const candidate *c, const candidate *all, size_t count)
{
    if (!c->provider.enabled)
        return STORE_KEY_DISABLED;
    if (!may_sign(c))
        return STORE_KEY_PASSIVE;
    for (size_t i = 0; i < count; i++) {
        if (&all[i] != c && may_sign(&all[i]) && serves_the_same(&all[i], c) &&
            goes_before(&all[i], c))
            return STORE_KEY_PASSIVE;
    }
    return STORE_KEY_ACTIVE;
}

ost_result key_provider_choose(store_key *rows, size_t count, ost_text realm_id, ost_arena *arena)
{
    candidate *all = ost_arena_alloc(arena, (count + 1) * sizeof *all);
    store_key_state *states = ost_arena_alloc(arena, (count + 1) * sizeof *states);
    ost_result result = all != NULL && states != NULL ? OST_OK : OST_E_MEMORY;
    for (size_t i = 0; i < count && result == OST_OK; i++) {
        all[i].row = &rows[i];
        result = key_provider_read(&rows[i], realm_id, arena, &all[i].provider);
        if (result == OST_OK && rows[i].component.len == 0 && is_settled(&rows[i]))
            result =
                key_provider_write(&all[i].provider, all[i].provider.name, NULL, arena, &rows[i]);
    }
    if (result != OST_OK)
        return result;
    for (size_t i = 0; i < count; i++)
        states[i] = is_settled(&rows[i]) ? state_of(&all[i], all, count) : rows[i].state;
    for (size_t i = 0; i < count; i++)
        rows[i].state = states[i];
    return OST_OK;
}
