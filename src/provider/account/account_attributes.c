/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of users; see account_attributes.h. */
#include "provider/account/account_attributes.h"

#include "base/json/json_writer.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"

static bool is_attribute(const ost_json *rule)
{
    static const char *const names[] = {"username", "email", "firstName", "lastName", NULL};
    return !text_is_one_of(profile_rule_name(rule), names);
}

/* NULL: there is none, or the user may not see it. */
static const ost_json *seen(const account_call *a, const ost_json *rule)
{
    return is_attribute(rule) && profile_rule_shows(rule, PROFILE_USER)
               ? profile_value_of(a->document, profile_rule_name(rule))
               : NULL;
}

bool account_attributes_any(const account_call *a, const ost_json *rules)
{
    const ost_json *at = rules != NULL ? profile_rules_first(rules) : NULL;
    while (at != NULL && seen(a, at) == NULL)
        at = ost_json_next(at);
    return at != NULL;
}

void account_attributes_put(const account_call *a, const ost_json *rules, ost_json_writer *w)
{
    const ost_json *at = rules != NULL ? profile_rules_first(rules) : NULL;
    for (; at != NULL; at = ost_json_next(at)) {
        if (seen(a, at) == NULL)
            continue;
        ost_json_put_name(w, profile_rule_name(at));
        ost_json_put_value(w, seen(a, at));
    }
}

/* ---- changing ---- */

/* The values of a request, or of a document, one after the other. */
static const ost_json *first_of(const ost_json *value)
{
    return ost_json_is(value, OST_JSON_ARRAY)  ? ost_json_first(value)
           : ost_json_is(value, OST_JSON_NULL) ? NULL
                                               : value;
}

static const ost_json *next_of(const ost_json *value, const ost_json *at)
{
    return ost_json_is(value, OST_JSON_ARRAY) ? ost_json_next(at) : NULL;
}

/* True: a text, or a list of them. */
static bool is_value(const ost_json *value)
{
    ost_text text;
    bool good = true;
    for (const ost_json *at = first_of(value); good && at != NULL; at = next_of(value, at))
        good = ost_json_text(at, &text);
    return good;
}

static bool are_same(const ost_json *one, const ost_json *other)
{
    const ost_json *a = first_of(one), *b = first_of(other);
    ost_text text;
    while (a != NULL && b != NULL && ost_json_text(b, &text) && ost_json_equals(a, text)) {
        a = next_of(one, a);
        b = next_of(other, b);
    }
    return a == NULL && b == NULL;
}

/* As documents have it: a list without what is empty; NULL: nothing is left. */
static ost_result make_list(const ost_json *value, ost_arena *arena, const ost_json **ret_list,
                            size_t *ret_count)
{
    const ost_json *list = NULL;
    ost_text text;
    size_t count = 0;
    ost_json_writer *w = ost_json_writer_new(arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    ost_json_open_array(w);
    for (const ost_json *at = first_of(value); at != NULL; at = next_of(value, at)) {
        if (!ost_json_text(at, &text) || text_trim(text).len == 0)
            continue;
        ost_json_put_text(w, text);
        count++;
    }
    ost_json_close_array(w);
    ost_result result = count > 0 ? json_writer_read(w, NULL, &list, NULL) : OST_OK;
    if (result == OST_OK) {
        *ret_list = list;
        *ret_count = count;
    }
    return result;
}

static ost_result merge_one(account_call *a, const ost_json *rule, const ost_json *given,
                            const ost_json **attributes, profile_faults *f)
{
    ost_arena *arena = a->call->arena;
    ost_text name = profile_rule_name(rule);
    const char *field = ost_arena_copy(arena, name), *shown = NULL;
    const ost_json *value = NULL;
    size_t count = 0;
    if (field != NULL)
        shown = ost_arena_copy(arena, profile_rule_shown(rule));
    if (shown == NULL)
        return OST_E_MEMORY;
    if (!profile_rule_lets_edit(rule, PROFILE_USER)) {
        bool same = profile_rule_shows(rule, PROFILE_USER) &&
                    are_same(given, profile_value_of(a->document, name));
        if (given != NULL && !same)
            profile_fault_add(f, (profile_fault){.field = field,
                                                 .shown = shown,
                                                 .message = "error-user-attribute-read-only"});
        return OST_OK;
    }
    ost_result result = make_list(given, arena, &value, &count);
    if (count > 1 && !profile_rule_has_many(rule))
        profile_fault_add(f, (profile_fault){.field = field,
                                             .shown = shown,
                                             .message = "error-invalid-multivalued-size",
                                             .minimum = "1",
                                             .maximum = "1"});
    else if (result == OST_OK)
        result = profile_rule_check(rule, value, PROFILE_USER, arena, f);
    return result == OST_OK ? document_put(*attributes, name, value, arena, attributes) : result;
}

ost_result account_attributes_merge(account_call *a, const ost_json *rules,
                                    const ost_json **document, profile_faults *f)
{
    const ost_json *given = ost_json_get(a->body, "attributes");
    const ost_json *attributes = ost_json_get(*document, "attributes");
    bool any = attributes != NULL;
    ost_result result = OST_OK;
    for (const ost_json *at = profile_rules_first(rules); at != NULL && result == OST_OK;
         at = ost_json_next(at)) {
        const ost_json *value = ost_json_get_text(given, profile_rule_name(at));
        if (!is_attribute(at))
            continue;
        if (!is_value(value))
            return account_refuse(a, 400, "errorMessage", "invalidRequestMessage");
        any = any || value != NULL;
        result = merge_one(a, at, value, &attributes, f);
    }
    if (result != OST_OK || !any)
        return result;
    return document_put(*document, OST_TEXT("attributes"), attributes, a->call->arena, document);
}
