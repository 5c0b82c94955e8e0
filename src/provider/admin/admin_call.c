/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of the admin REST API; see admin_call.h. */
#include "provider/admin/admin_call.h"

#include "base/percent.h"
#include "base/text.h"
#include "provider/admin/served_realm.h"
#include "store/store_try.h"

#define MORE "For more on this error consult the server log at the debug level."

ost_result admin_answer(admin_call *a, ost_json_writer *w)
{
    ost_result result = ost_json_writer_finish(w, &a->answer);
    if (result == OST_OK)
        a->status = 200;
    return result;
}

ost_result admin_answer_json(admin_call *a, const ost_json *value)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_put_value(w, value); /* a copy: the realm is closed before the answer is sent */
    return admin_answer(a, w);
}

ost_result admin_answer_done(admin_call *a)
{
    a->status = 204;
    return OST_OK;
}

ost_result admin_answer_created(admin_call *a, const char *location)
{
    if (location == NULL)
        return OST_E_MEMORY;
    a->location = location;
    a->status = 201;
    return OST_OK;
}

ost_result admin_refuse(admin_call *a, int status, const char *error, const char *why)
{
    ost_json_writer *w = ost_json_writer_new(a->arena, 0);
    a->status = status;
    a->answer = (ost_text){0};
    a->answer_is_text = false;
    a->changed = false;
    if (w == NULL)
        return OST_OK;
    ost_json_open_object(w);
    ost_json_member_string(w, error, why);
    if (text_is(text_of(error), "error") && status < 500)
        ost_json_member_string(w, "error_description", MORE);
    ost_json_close_object(w);
    if (ost_json_writer_finish(w, &a->answer) != OST_OK)
        a->answer = (ost_text){0};
    return OST_OK;
}

bool admin_enter_realm(const admin_call *a, call *ret_call)
{
    call c = *a->call;
    c.entry = provider_realm(c.provider, a->realm.row.name, c.arena);
    if (c.entry == NULL)
        return false;
    c.realm = c.entry->realm;
    c.realm_path = percent_encode(c.arena, a->realm.row.name).data;
    c.issuer = c.realm_path != NULL ? call_format(&c, "%s/realms/%s", c.base, c.realm_path) : NULL;
    *ret_call = c;
    return c.issuer != NULL;
}

ost_result admin_forbid(admin_call *a)
{
    return admin_refuse(a, 403, "error", "HTTP 403 Forbidden");
}

ost_result admin_refuse_result(admin_call *a, ost_result result, const ost_error *error)
{
    if (result == OST_E_CONFLICT || call_is_busy(result))
        return result;
    const char *why = ost_arena_copy(
        a->arena, text_of(error->detail[0] != '\0' ? error->detail : ost_result_sentence(result)));
    return why != NULL ? admin_refuse(a, 400, "errorMessage", why) : OST_E_MEMORY;
}

ost_text admin_parameter(const admin_call *a, const char *name)
{
    return http_form_get(&a->query, name);
}

bool admin_flag(const admin_call *a, const char *name, bool fallback)
{
    ost_text value = admin_parameter(a, name);
    return value.len > 0 ? text_equal_ignoring_case(value, OST_TEXT("true")) : fallback;
}

bool admin_number(admin_call *a, const char *name, int64_t fallback, int64_t *ret)
{
    uint64_t number;
    ost_text value = admin_parameter(a, name);
    *ret = fallback;
    if (value.len == 0 || text_is(value, "-1"))
        return true;
    if (!text_to_unsigned(value, INT32_MAX, &number)) {
        admin_refuse(a, 404, "error", "HTTP 404 Not Found");
        return false;
    }
    *ret = (int64_t)number;
    return true;
}

/* ---- running ---- */

/* Who has the store, and nothing that serves it, reads the realm. */
static ost_result open_realm(admin_call *a)
{
    provider *p = a->call->provider;
    return a->asker.everything ? realm_admin_open(p->store, a->values[0], a->arena, &a->realm, NULL)
                               : served_realm_open(p, a->values[0], a->arena, &a->realm);
}

static void close_realm(admin_call *a)
{
    if (a->asker.everything)
        realm_admin_close(&a->realm);
    else
        served_realm_close(a->call->provider, &a->realm);
}

static ost_result run_once(admin_call *a, bool has_realm, void (*told)(admin_call *a))
{
    ost_result result = OST_OK;
    a->status = 0;
    if (has_realm)
        result = open_realm(a);
    if (result == OST_E_NOT_FOUND)
        return admin_refuse(a, 404, "error", "Realm not found.");
    if (result == OST_OK)
        result = a->route->run(a);
    if (result == OST_OK && has_realm && told != NULL)
        told(a);
    if (has_realm)
        close_realm(a);
    return result;
}

ost_result admin_call_run(admin_call *a, bool has_realm, void (*told)(admin_call *a))
{
    ost_result result;
    unsigned tried = 0;
    do
        result = run_once(a, has_realm, told);
    while (store_try_again(result, &tried));
    return result;
}
