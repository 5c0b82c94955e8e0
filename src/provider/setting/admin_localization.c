/* SPDX-License-Identifier: Apache-2.0 */
/* Texts of a realm by language in the admin REST API: kept; the pages do not show them. */
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/admin_operations.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/realm/document_limit.h"

#define TEXTS "localizationTexts"
#define KEY_MAX 255 /* bytes */

static const ost_json *of_locale(const admin_call *a, ost_text locale)
{
    return ost_json_get_text(ost_json_get(a->realm.realm->document, TEXTS), locale);
}

ost_result admin_list_locales(admin_call *a)
{
    const ost_json *texts = ost_json_get(a->realm.realm->document, TEXTS);
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(texts); at != NULL; at = ost_json_next(at))
        ost_json_put_text(w, ost_json_name(at));
    ost_json_close_array(w);
    return admin_answer(a, w);
}

static void put_texts(ost_json_writer *w, const ost_json *texts, const ost_json *without)
{
    for (const ost_json *at = ost_json_first(texts); at != NULL; at = ost_json_next(at)) {
        if (ost_json_get_text(without, ost_json_name(at)) != NULL)
            continue;
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_value(w, at);
    }
}

ost_result admin_read_locale(admin_call *a)
{
    const ost_json *own = of_locale(a, a->values[1]);
    ost_text fallback = part_text(a->realm.realm->document, "defaultLocale");
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_object(w);
    put_texts(w, own, NULL);
    if (admin_flag(a, "useRealmDefaultLocaleFallback", false) &&
        !text_equal(fallback, a->values[1]))
        put_texts(w, of_locale(a, fallback), own);
    ost_json_close_object(w);
    return admin_answer(a, w);
}

ost_result admin_read_localized(admin_call *a)
{
    ost_text text;
    if (!ost_json_text(ost_json_get_text(of_locale(a, a->values[1]), a->values[2]), &text))
        return admin_refuse(a, 404, "error", "Localization text not found");
    const char *kept = ost_arena_copy(a->arena, text); /* the realm is closed before it is sent */
    if (kept == NULL)
        return OST_E_MEMORY;
    a->answer = (ost_text){kept, text.len};
    a->answer_is_text = true;
    a->status = 200;
    return OST_OK;
}

/* ---- changing ---- */

/* The locale with other texts; NULL: without it. */
static ost_result store_locale(admin_call *a, const ost_json *texts)
{
    const ost_json *all = ost_json_get(a->realm.realm->document, TEXTS);
    ost_result result = document_put(all, a->values[1], texts, a->arena, &all);
    if (result == OST_OK)
        result = admin_store_member(a, TEXTS, all);
    return result == OST_OK && a->status == 0 ? admin_answer_done(a) : result;
}

static bool check_names(admin_call *a, ost_text key)
{
    if (key.len > 0 && key.len <= KEY_MAX && a->values[1].len <= KEY_MAX)
        return true;
    admin_refuse(a, 400, "errorMessage", "A locale or key has more than 255 bytes, or none");
    return false;
}

ost_result admin_write_localized(admin_call *a)
{
    const ost_json *texts = of_locale(a, a->values[1]), *holder, *text;
    if (!check_names(a, a->values[2]))
        return OST_OK;
    if (!text_is_utf8(a->text))
        return admin_refuse(a, 400, "errorMessage", "The text is not UTF-8");
    ost_result result = document_put_text(NULL, "text", a->text, a->arena, &holder);
    text = result == OST_OK ? ost_json_get(holder, "text") : NULL;
    if (result == OST_OK)
        result = document_put(texts, a->values[2], text, a->arena, &texts);
    return result == OST_OK ? store_locale(a, texts) : result;
}

/* Adds the body's texts to those that there are. */
ost_result admin_write_locale(admin_call *a)
{
    const ost_json *texts = of_locale(a, a->values[1]);
    ost_text text;
    ost_json_writer *w = ost_json_writer_new(a->arena, DOCUMENT_MAX);
    if (w == NULL)
        return OST_E_MEMORY;
    if (!admin_body_is(a, OST_JSON_OBJECT))
        return OST_OK;
    ost_json_open_object(w);
    put_texts(w, texts, a->body);
    for (const ost_json *at = ost_json_first(a->body); at != NULL; at = ost_json_next(at)) {
        if (!check_names(a, ost_json_name(at)))
            return OST_OK;
        if (!ost_json_text(at, &text))
            return admin_refuse(a, 400, "error", "unknown_error");
        ost_json_put_name(w, ost_json_name(at));
        ost_json_put_text(w, text);
    }
    ost_json_close_object(w);
    ost_result result = json_writer_read(w, NULL, &texts, NULL);
    return result == OST_OK ? store_locale(a, texts) : result;
}

ost_result admin_delete_localized(admin_call *a)
{
    const ost_json *texts = of_locale(a, a->values[1]);
    if (ost_json_get_text(texts, a->values[2]) == NULL)
        return admin_refuse(a, 404, "error", "Localization text not found");
    ost_result result = document_put(texts, a->values[2], NULL, a->arena, &texts);
    return result == OST_OK ? store_locale(a, texts) : result;
}

ost_result admin_delete_locale(admin_call *a)
{
    if (of_locale(a, a->values[1]) != NULL)
        return store_locale(a, NULL);
    const char *why = ost_arena_format(a->arena, "No localization texts for locale %.*s found.",
                                       (int)a->values[1].len, a->values[1].data);
    return admin_refuse(a, 404, "error", why != NULL ? why : "Localization text not found");
}
