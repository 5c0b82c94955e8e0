/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of profiles on pages; see profile_form.h. */
#include "provider/login/profile_form.h"

#include "base/array.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/admin/document_edit.h"
#include "provider/login/realm_language.h"

/* ---- which fields there are ---- */

/* Where the address is the name, who may not change the one may not change the other. */
static bool lets_change(const realm *r, ost_text name)
{
    bool lets = json_true_of(r->document, "editUsernameAllowed");
    bool by_email = r->registration.email_is_name;
    return text_is(name, "username") ? lets && !by_email
                                     : !text_is(name, "email") || lets || !by_email;
}

static void use_usual_fields(const realm *r, bool newcomer, profile_form *f)
{
    static const char *const usual[] = {"username", "email", "firstName", "lastName"};
    static const char *const labels[] = {"${username}", "${email}", "${firstName}", "${lastName}"};
    for (size_t i = 0; i < ARRAY_LEN(usual); i++) {
        if (newcomer || lets_change(r, text_of(usual[i])))
            f->fields[f->count++] = (profile_field){
                .name = text_of(usual[i]), .label = text_of(labels[i]), .needed = true};
    }
}

static void add_field(profile_form *f, const ost_json *rule)
{
    if (f->count == PROFILE_FIELDS)
        return;
    f->fields[f->count++] = (profile_field){.name = profile_rule_name(rule),
                                            .label = profile_rule_shown(rule),
                                            .rule = rule,
                                            .fixed = !profile_rule_lets_edit(rule, PROFILE_USER),
                                            .needed = profile_rule_requires(rule, PROFILE_USER)};
}

static bool is_shown(const realm *r, const ost_json *rule, const ost_json *user)
{
    ost_text name = profile_rule_name(rule);
    const ost_json *value = profile_value_of(user, name);
    return lets_change(r, name) && profile_rule_shows(rule, PROFILE_USER) &&
           (!ost_json_is(value, OST_JSON_ARRAY) || ost_json_count(value) <= 1);
}

ost_result profile_form_make(call *c, const ost_json *user, profile_form *ret)
{
    *ret = (profile_form){0};
    ost_result result = profile_rules_of(c->realm->document, c->arena, &ret->rules);
    if (result == OST_OK && ret->rules == NULL)
        use_usual_fields(c->realm, false, ret);
    for (const ost_json *at = profile_rules_first(ret->rules); at != NULL; at = ost_json_next(at)) {
        if (is_shown(c->realm, at, user))
            add_field(ret, at);
    }
    return result;
}

/* An attribute that is called as one of the page's other fields would be given what is typed into
 * that, a password in clear among it. */
static bool is_taken_name(ost_text name)
{
    static const char *const others[] = {"password", "password-confirm", "termsAccepted",
                                         "terms_and_conditions", NULL};
    return text_is_one_of(name, others);
}

/* Everybody has a name, and an address where that is the name. */
static void demand(const realm_registration *rule, profile_form *f)
{
    const char *name = rule->email_is_name ? "email" : "username";
    size_t kept = 0;
    for (size_t i = 0; i < f->count; i++) {
        if (rule->email_is_name && text_is(f->fields[i].name, "username"))
            continue;
        f->fields[kept] = f->fields[i];
        if (text_is(f->fields[kept].name, name)) {
            f->fields[kept].needed = true;
            f->fields[kept].fixed = false;
        }
        kept++;
    }
    f->count = kept;
}

ost_result profile_form_of_newcomer(call *c, profile_form *ret)
{
    static const char *const own[] = {"username", "email", NULL};
    *ret = (profile_form){0};
    ost_result result = profile_rules_of(c->realm->document, c->arena, &ret->rules);
    if (result == OST_OK && ret->rules == NULL)
        use_usual_fields(c->realm, true, ret);
    for (const ost_json *at = profile_rules_first(ret->rules); at != NULL; at = ost_json_next(at)) {
        ost_text name = profile_rule_name(at);
        bool named = text_is(name, own[c->realm->registration.email_is_name]);
        if (!is_taken_name(name) && (named || profile_rule_lets_edit(at, PROFILE_USER)))
            add_field(ret, at);
    }
    demand(&c->realm->registration, ret);
    return result;
}

/* ---- the page ---- */

/* Keycloak's messages tell of the field, and of the bounds of a length. */
ost_text profile_form_mistake(call *c, const profile_faults *faults, ost_text name)
{
    for (size_t i = 0; i < faults->count; i++) {
        const profile_fault *fault = &faults->list[i];
        const ost_text values[] = {text_of(fault->field), text_of(fault->minimum),
                                   text_of(fault->maximum)};
        if (text_is(name, fault->field))
            return page_words_say(realm_language_words(c), fault->message, values,
                                  ARRAY_LEN(values), c->arena);
    }
    return (ost_text){0};
}

/* "${department}" that nobody has a message for is called so. */
static ost_text label_of(call *c, ost_text label)
{
    ost_text said = page_words_resolve(realm_language_words(c), label, c->arena);
    return text_starts(said, "${") ? text_slice(said, 2, said.len - 3) : said;
}

static ost_text filled_by(ost_text name)
{
    return text_is(name, "email")       ? OST_TEXT("email")
           : text_is(name, "username")  ? OST_TEXT("username")
           : text_is(name, "firstName") ? OST_TEXT("given-name")
           : text_is(name, "lastName")  ? OST_TEXT("family-name")
                                        : (ost_text){0};
}

static ost_text flag_of(bool flag)
{
    return flag ? OST_TEXT("1") : (ost_text){0};
}

page_row profile_form_row(call *c, const profile_field *field, ost_text value,
                          const profile_faults *faults)
{
    return (page_row){{{PAGE_ROW_NAME, field->name},
                       {PAGE_ROW_VALUE, value},
                       {PAGE_ROW_LABEL, label_of(c, field->label)},
                       {PAGE_ROW_MISTAKE, profile_form_mistake(c, faults, field->name)},
                       {PAGE_ROW_FILL, filled_by(field->name)},
                       {PAGE_ROW_ADDRESS, flag_of(text_is(field->name, "email"))},
                       {PAGE_ROW_NEEDED, flag_of(field->needed)},
                       {PAGE_ROW_FIXED, flag_of(field->fixed)}}};
}

/* ---- the form ---- */

ost_text profile_form_typed(call *c, const profile_field *field)
{
    const char *name = ost_arena_copy(c->arena, field->name);
    ost_text typed = name != NULL ? call_parameter(c, name) : (ost_text){0};
    return text_is(field->name, "email") || text_is(field->name, "username") ? text_trim(typed)
                                                                             : typed;
}

/* An attribute is a list of one; nothing typed is none. */
static ost_result put_attribute(call *c, const profile_field *field, ost_text typed,
                                const ost_json **document)
{
    const ost_json *attributes = ost_json_get(*document, "attributes"), *list = NULL;
    ost_result result = typed.len > 0 ? document_add_text(NULL, typed, c->arena, &list) : OST_OK;
    if (result == OST_OK && (attributes != NULL || list != NULL))
        result = document_put(attributes, field->name, list, c->arena, &attributes);
    return result == OST_OK && attributes != NULL
               ? document_put(*document, OST_TEXT("attributes"), attributes, c->arena, document)
               : result;
}

ost_result profile_form_put(call *c, const profile_field *field, const ost_json **document)
{
    static const char *const names[] = {"firstName", "lastName"};
    ost_text typed = profile_form_typed(c, field);
    if (field->fixed)
        return OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (text_is(field->name, names[i]))
            return document_put_text(*document, names[i], typed, c->arena, document);
    }
    return put_attribute(c, field, typed, document);
}
