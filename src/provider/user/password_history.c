/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords of before; see password_history.h. */
#include "provider/user/password_history.h"

#include "base/array.h"
#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/proof/password_policy.h"
#include "provider/realm/password.h"
#include "provider/realm/uuid.h"

#define TYPE "password-history"
#define DAY_MS ((int64_t)86400 * 1000)

/* What is to be remembered. */
typedef struct memory {
    int64_t last;  /* so many passwords, the current one among them; −1: no matter how many */
    int64_t since; /* those made since then, in milliseconds; −1: no matter when */
    int64_t days;
} memory;

static ost_result read_memory(const password_history *h, memory *m, ost_error *error)
{
    m->last = m->days = m->since = -1;
    ost_result result = password_policy_number(h->policy, "passwordHistory", 3, &m->last, error);
    if (result == OST_OK)
        result = password_policy_number(h->policy, "passwordAge", 30, &m->days, error);
    if (result == OST_OK && m->days >= 0)
        m->since = h->now * 1000 - m->days * DAY_MS;
    return result;
}

static bool is_history(const ost_json *credential)
{
    return ost_json_equals(ost_json_get(credential, "type"), OST_TEXT(TYPE));
}

static int64_t since_of(const ost_json *credential)
{
    int64_t since;
    return ost_json_integer(ost_json_get(credential, "createdDate"), &since) ? since : 0;
}

/* The latest of those made before `before`, or at the same time and after `after` in the list.
 * NULL: there is none. */
static const ost_json *next_of(const ost_json *list, const ost_json *after)
{
    const ost_json *next = NULL;
    bool passed = false;
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        bool older = after == NULL || since_of(at) < since_of(after) ||
                     (since_of(at) == since_of(after) && passed);
        if (is_history(at) && older && (next == NULL || since_of(at) > since_of(next)))
            next = at;
        passed = passed || at == after;
    }
    return next;
}

/* ---- checking ---- */

static ost_result compare(ost_text password, ost_text credential, const char *sentence,
                          ost_arena *arena, ost_error *error)
{
    bool fits = false, old;
    ost_result result = password_verify(password, credential, NULL, arena, &fits, &old);
    /* What cannot be read was nobody's password here. */
    if (result == OST_E_FORMAT || result == OST_E_UNSUPPORTED || result == OST_E_CEILING)
        return OST_OK;
    return result == OST_OK && fits ? ost_error_set(error, OST_E_ARGUMENT, "%s", sentence) : result;
}

ost_result password_history_check(const password_history *h, ost_text password, ost_arena *arena,
                                  ost_error *error)
{
    memory m;
    ost_result result = read_memory(h, &m, error);
    if (result != OST_OK || (m.last < 0 && m.since < 0))
        return result;
    const char *sentence =
        m.last >= 0
            ? ost_arena_format(arena,
                               "Invalid password: must not be equal to any of last %lld passwords.",
                               (long long)m.last)
            : ost_arena_format(
                  arena,
                  "Invalid password: must not be equal to any password of the last %lld days.",
                  (long long)m.days);
    const ost_json *list = ost_json_get(h->document, "credentials");
    if (sentence == NULL)
        return OST_E_MEMORY;
    if (h->current.len > 0)
        result = compare(password, h->current, sentence, arena, error);
    int64_t count = 1;
    for (const ost_json *at = next_of(list, NULL); at != NULL && result == OST_OK;
         at = next_of(list, at), count++) {
        if (count >= m.last && (m.since < 0 || since_of(at) < m.since))
            break;
        result = compare(password, ost_json_source(at), sentence, arena, error);
    }
    return result;
}

/* ---- keeping ---- */

static ost_result write_current(const password_history *h, const ost_context *context,
                                ost_arena *arena, ost_json_writer *w)
{
    const ost_json *current;
    static const char *const kept[] = {"createdDate", "secretData", "credentialData"};
    ost_text id = uuid_text(context, arena);
    ost_result result = ost_json_read(h->current, NULL, arena, &current, NULL);
    if (result != OST_OK || id.data == NULL)
        return result != OST_OK ? result : OST_E_MEMORY;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", id);
    ost_json_member_string(w, "type", TYPE);
    for (size_t i = 0; i < ARRAY_LEN(kept); i++) {
        const ost_json *value = ost_json_get(current, kept[i]);
        if (value != NULL)
            ost_json_member_value(w, kept[i], value);
    }
    ost_json_close_object(w);
    return OST_OK;
}

static ost_result write_list(const password_history *h, const memory *m, const ost_context *context,
                             ost_arena *arena, ost_json_writer *w)
{
    const ost_json *list = ost_json_get(h->document, "credentials");
    bool remembers = m->last > 1 || m->since >= 0;
    ost_result result = OST_OK;
    ost_json_open_array(w);
    for (const ost_json *at = ost_json_first(list); at != NULL; at = ost_json_next(at)) {
        if (!is_history(at))
            ost_json_put_value(w, at);
    }
    if (remembers && h->current.len > 0)
        result = write_current(h, context, arena, w);
    int64_t count = remembers && h->current.len > 0 ? 2 : 1; /* the new one is the first */
    for (const ost_json *at = next_of(list, NULL); at != NULL; at = next_of(list, at), count++) {
        if (count >= m->last && (m->since < 0 || since_of(at) < m->since))
            break;
        ost_json_put_value(w, at);
    }
    ost_json_close_array(w);
    return result;
}

ost_result password_history_keep(const password_history *h, const ost_context *context,
                                 ost_arena *arena, const ost_json **ret_document)
{
    memory m;
    const ost_json *list;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_result result = read_memory(h, &m, NULL);
    if (result == OST_OK)
        result = write_list(h, &m, context, arena, w);
    if (result == OST_OK)
        result = json_writer_read(w, NULL, &list, NULL);
    if (result != OST_OK)
        return result;
    return document_put(h->document, OST_TEXT("credentials"),
                        ost_json_count(list) > 0 ? list : NULL, arena, ret_document);
}
