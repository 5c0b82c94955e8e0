/* SPDX-License-Identifier: Apache-2.0 */
/* The profile in the account REST API: what users see and change of themselves. Everything else of
 * a user stays what it is, whatever is sent. */
#include "base/array.h"
#include "base/fold.h"
#include "base/json/json_member.h"
#include "base/text.h"
#include "provider/account/account_attributes.h"
#include "provider/account/account_call.h"
#include "provider/account/account_user.h"
#include "provider/admin/admin_part.h"
#include "provider/admin/document_edit.h"
#include "provider/profile/profile_metadata.h"
#include "provider/profile/profile_rules.h"
#include "provider/realm/user_row.h"
#include "store/user/store_user.h"
#include "store/user/user_record.h"

#define NAME(shown_as)                                                                             \
    "{\"name\":\"" shown_as "\",\"displayName\":\"${" shown_as "}\",\"required\":true,"            \
    "\"readOnly\":false,\"validators\":{\"person-name-prohibited-characters\":"                    \
    "{\"ignore.empty.value\":true},\"multivalued\":{\"max\":\"1\"},\"length\":{\"max\":255,"       \
    "\"ignore.empty.value\":true}},\"multivalued\":false}"
#define LOCALE                                                                                     \
    "{\"name\":\"locale\",\"displayName\":\"locale\",\"required\":false,\"readOnly\":false,"       \
    "\"validators\":{},\"multivalued\":false}"

/* Where a realm has several languages, its users choose one, whatever its profile says of others.
 */
static bool has_own_locale(const realm *r, const ost_json *rules)
{
    return json_true_of(r->document, "internationalizationEnabled") &&
           (rules == NULL || profile_rules_find(rules, "locale") == NULL);
}

/* ---- reading ---- */

/* As Keycloak tells it, for forms to be made of it. */
static ost_result put_metadata(account_call *a, ost_json_writer *w)
{
    const realm *r = a->call->realm;
    const ost_json *metadata;
    const char *text = ost_arena_format(
        a->call->arena,
        "{\"attributes\":[%s{\"name\":\"username\",\"displayName\":\"${username}\","
        "\"required\":true,\"readOnly\":%s,\"validators\":{\"username-prohibited-characters\":"
        "{\"ignore.empty.value\":true},\"multivalued\":{\"max\":\"1\"},\"length\":{\"max\":255,"
        "\"ignore.empty.value\":true,\"min\":3},\"up-username-not-idn-homograph\":"
        "{\"ignore.empty.value\":true}},\"multivalued\":false},{\"name\":\"email\","
        "\"displayName\":\"${email}\",\"required\":true,\"readOnly\":false,\"validators\":"
        "{\"multivalued\":{\"max\":\"1\"},\"length\":{\"max\":255,\"ignore.empty.value\":true},"
        "\"email\":{\"ignore.empty.value\":true}},\"multivalued\":false}," NAME(
            "firstName") "," NAME("lastName") "],"
                                              "\"groups\":[{\"name\":\"user-metadata\","
                                              "\"displayHeader\":\"User metadata\","
                                              "\"displayDescription\":\"Attributes, which refer "
                                              "to user metadata\"}]}",
        json_true_of(r->document, "internationalizationEnabled") ? LOCALE "," : "",
        json_true_of(r->document, "editUsernameAllowed") ? "false" : "true");
    ost_result result = text != NULL
                            ? ost_json_read(text_of(text), NULL, a->call->arena, &metadata, NULL)
                            : OST_E_MEMORY;
    if (result == OST_OK)
        ost_json_member_value(w, "userProfileMetadata", metadata);
    return result;
}

/* The same by the realm's own rules. */
static ost_result put_own_metadata(account_call *a, const ost_json *rules, ost_json_writer *w)
{
    const realm *r = a->call->realm;
    const ost_json *locale = NULL;
    ost_result result = OST_OK;
    if (has_own_locale(r, rules))
        result = ost_json_read(OST_TEXT(LOCALE), NULL, a->call->arena, &locale, NULL);
    if (result != OST_OK)
        return result;
    ost_json_put_name(w, OST_TEXT("userProfileMetadata"));
    profile_metadata_put(w, rules, PROFILE_USER, !json_true_of(r->document, "editUsernameAllowed"),
                         locale);
    return OST_OK;
}

static void put_attributes(const account_call *a, const ost_json *rules, ost_json_writer *w)
{
    const ost_json *locale = ost_json_get(ost_json_get(a->document, "attributes"), "locale");
    bool own = locale != NULL && has_own_locale(a->call->realm, rules);
    if (!own && !account_attributes_any(a, rules))
        return;
    ost_json_put_name(w, OST_TEXT("attributes"));
    ost_json_open_object(w);
    if (own)
        ost_json_member_value(w, "locale", locale);
    account_attributes_put(a, rules, w);
    ost_json_close_object(w);
}

ost_result account_read_profile(account_call *a)
{
    static const char *const shown[] = {"firstName", "lastName", "email"};
    const ost_json *rules;
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    ost_result result = w != NULL
                            ? profile_rules_of(a->call->realm->document, a->call->arena, &rules)
                            : OST_E_MEMORY;
    if (result != OST_OK)
        return result;
    ost_json_open_object(w);
    ost_json_member_text(w, "id", a->user.id);
    ost_json_member_text(w, "username", part_text(a->document, "username"));
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        const ost_json *value = ost_json_get(a->document, shown[i]);
        if (value != NULL)
            ost_json_member_value(w, shown[i], value);
    }
    ost_json_member_boolean(w, "emailVerified", json_true_of(a->document, "emailVerified"));
    put_attributes(a, rules, w);
    if (!account_asks(a, "userProfileMetadata", "false"))
        result = rules != NULL ? put_own_metadata(a, rules, w) : put_metadata(a, w);
    ost_json_close_object(w);
    return result == OST_OK ? account_answer(a, w) : result;
}

/* ---- changing ---- */

typedef struct profile {
    ost_text username, email, first_name, last_name;
    const ost_json *locale; /* NULL: none */
    bool new_name, new_email;
} profile;

/* A text, or nothing; NULL data: absent. */
static bool read_text(account_call *a, const char *name, ost_text *ret_text)
{
    const ost_json *value = ost_json_get(a->body, name);
    if (value == NULL || ost_json_is(value, OST_JSON_NULL))
        return true;
    if (ost_json_text(value, ret_text)) {
        *ret_text = text_trim(*ret_text);
        return true;
    }
    account_refuse(a, 400, "errorMessage", "invalidRequestMessage");
    return false;
}

static bool is_member(ost_text name)
{
    static const char *const known[] = {
        "id",    "username",      "firstName",  "lastName",
        "email", "emailVerified", "attributes", "userProfileMetadata",
        NULL};
    return text_is_one_of(name, known);
}

static bool has_only_known_members(account_call *a)
{
    for (const ost_json *at = ost_json_first(a->body); at != NULL; at = ost_json_next(at)) {
        if (is_member(ost_json_name(at)))
            continue;
        const char *why = ost_arena_format(a->call->arena, "Unrecognized field \"%.*s\"",
                                           OST_FORMAT(ost_json_name(at)));
        account_refuse(a, 400, "error", why != NULL ? why : "Unrecognized field");
        return false;
    }
    return true;
}

static bool read_locale(account_call *a, profile *p)
{
    const ost_json *attributes = ost_json_get(a->body, "attributes");
    const ost_json *locale = ost_json_get(attributes, "locale");
    const ost_json *first = ost_json_first(locale);
    ost_text text;
    bool fits = attributes == NULL || ost_json_is(attributes, OST_JSON_NULL) ||
                ost_json_is(attributes, OST_JSON_OBJECT);
    if (locale != NULL)
        fits = fits && ost_json_is(locale, OST_JSON_ARRAY) && ost_json_count(locale) <= 1 &&
               (first == NULL || (ost_json_text(first, &text) && text.len <= 255));
    if (!fits)
        account_refuse(a, 400, "errorMessage", "invalidRequestMessage");
    p->locale = first != NULL ? locale : NULL;
    return fits;
}

static bool read_profile(account_call *a, profile *ret)
{
    profile p = {0};
    if (!ost_json_is(a->body, OST_JSON_OBJECT)) {
        account_refuse(a, 400, "error", "unknown_error");
        return false;
    }
    if (!has_only_known_members(a) || !read_text(a, "username", &p.username) ||
        !read_text(a, "email", &p.email) || !read_text(a, "firstName", &p.first_name) ||
        !read_text(a, "lastName", &p.last_name) || !read_locale(a, &p))
        return false;
    *ret = p;
    return true;
}

/* True: the name or address is another user's. */
static ost_result find_other(account_call *a, ost_text value, bool email, bool *ret_taken)
{
    store_user other;
    ost_result result = store_user_find(a->call->provider->store, text_of(a->call->realm->name),
                                        value, email, a->call->arena, &other);
    *ret_taken = result == OST_OK && !text_equal(other.id, a->user.id);
    return result == OST_E_NOT_FOUND ? OST_OK : result;
}

static ost_result check_username(account_call *a, profile *p, profile_faults *f)
{
    bool taken = false;
    bool editable = json_true_of(a->call->realm->document, "editUsernameAllowed");
    ost_text folded = text_fold(p->username, a->call->arena);
    if (folded.data == NULL)
        return OST_E_MEMORY;
    if (!editable && p->username.data == NULL)
        return OST_OK;
    p->new_name = !text_equal(folded, a->user.username);
    if (!editable && p->new_name) {
        profile_fault_add(
            f, (profile_fault){.field = "username", .message = "error-user-attribute-read-only"});
        profile_fault_add(
            f, (profile_fault){.field = "username", .message = "readOnlyUsernameMessage"});
        return OST_OK;
    }
    if (!p->new_name)
        return OST_OK;
    profile_check_username(p->username, f);
    /* Where people log in by address it is nobody else's; accounts of clients are known by theirs.
     */
    bool or_email = a->call->realm->login_with_email;
    ost_result result = p->username.len > 0 ? find_other(a, p->username, or_email, &taken) : OST_OK;
    taken = taken || text_starts(folded, SERVICE_ACCOUNT);
    if (taken)
        profile_fault_add(f,
                          (profile_fault){.field = "username", .message = "usernameExistsMessage"});
    f->taken = f->taken || taken;
    return result;
}

static ost_result check_address(account_call *a, profile *p, profile_faults *f)
{
    bool taken = false;
    ost_text folded = text_fold(p->email, a->call->arena);
    if (folded.data == NULL)
        return OST_E_MEMORY;
    p->new_email = !text_equal(folded, a->user.email);
    if (!p->new_email || p->email.len == 0 || a->call->realm->duplicate_emails)
        return OST_OK;
    ost_result result = find_other(a, p->email, true, &taken);
    if (taken)
        profile_fault_add(f, (profile_fault){.field = "email", .message = "emailExistsMessage"});
    f->taken = f->taken || taken;
    return result;
}

static ost_result refuse_faults(account_call *a, const profile_faults *f)
{
    ost_json_writer *w = ost_json_writer_new(a->call->arena, 0);
    if (w == NULL)
        return OST_E_MEMORY;
    profile_faults_write(f, w);
    ost_result result = account_answer(a, w);
    a->status = f->taken ? 409 : 400;
    return result;
}

static ost_result put_chosen_locale(account_call *a, const profile *p, const ost_json *rules,
                                    const ost_json **document)
{
    ost_arena *arena = a->call->arena;
    const ost_json *attributes = ost_json_get(*document, "attributes");
    if (!has_own_locale(a->call->realm, rules) || (attributes == NULL && p->locale == NULL))
        return OST_OK;
    ost_result result = document_put(attributes, OST_TEXT("locale"), p->locale, arena, &attributes);
    return result == OST_OK
               ? document_put(*document, OST_TEXT("attributes"), attributes, arena, document)
               : result;
}

static ost_result merge(account_call *a, const profile *p, const ost_json *rules,
                        const ost_json **ret_document)
{
    ost_arena *arena = a->call->arena;
    const ost_json *document = a->document;
    ost_text email = text_lower(p->email, arena);
    ost_result result = email.data != NULL ? OST_OK : OST_E_MEMORY;
    if (result == OST_OK)
        result = document_put_text(document, "firstName", p->first_name, arena, &document);
    if (result == OST_OK)
        result = document_put_text(document, "lastName", p->last_name, arena, &document);
    if (result == OST_OK && p->new_name)
        result = document_put_text(document, "username", p->username, arena, &document);
    if (result == OST_OK && p->new_email) {
        result = document_put_text(document, "email", email, arena, &document);
        if (result == OST_OK) /* nobody has shown that the new one is theirs */
            result = document_put_boolean(document, "emailVerified", false, arena, &document);
    }
    if (result == OST_OK)
        result = put_chosen_locale(a, p, rules, &document);
    if (result == OST_OK)
        *ret_document = document;
    return result;
}

/* ---- a realm's own rules ---- */

static bool changes(const account_call *a, const ost_json *document, const char *name)
{
    return !text_equal(part_text(a->document, name), part_text(document, name));
}

/* What may not be changed stays, what is shown here is held to the rules. */
static ost_result check_own(account_call *a, const ost_json *rules, const ost_json *document,
                            profile_faults *f)
{
    static const char *const names[] = {"email", "firstName", "lastName"};
    ost_result result = OST_OK;
    for (size_t i = 0; i < ARRAY_LEN(names) && result == OST_OK; i++) {
        const ost_json *rule = profile_rules_find(rules, names[i]);
        if (changes(a, document, names[i]) && !profile_rule_lets_edit(rule, PROFILE_USER))
            profile_fault_add(
                f, (profile_fault){.field = names[i], .message = "error-user-attribute-read-only"});
        else if (rule != NULL)
            result = profile_rule_check(rule, ost_json_get(document, names[i]), PROFILE_USER,
                                        a->call->arena, f);
    }
    return result;
}

ost_result account_update_profile(account_call *a)
{
    profile p;
    profile_faults faults = {0};
    const ost_json *document, *rules;
    if (!read_profile(a, &p))
        return OST_OK;
    ost_result result = profile_rules_of(a->call->realm->document, a->call->arena, &rules);
    if (result == OST_OK)
        result = check_username(a, &p, &faults);
    if (result == OST_OK && rules == NULL) {
        profile_check_name("firstName", p.first_name, &faults);
        profile_check_name("lastName", p.last_name, &faults);
        profile_check_email(p.email, &faults);
    }
    if (result == OST_OK)
        result = check_address(a, &p, &faults);
    if (result == OST_OK)
        result = merge(a, &p, rules, &document);
    if (result == OST_OK && rules != NULL)
        result = check_own(a, rules, document, &faults);
    if (result == OST_OK && rules != NULL)
        result = account_attributes_merge(a, rules, &document, &faults);
    if (result != OST_OK || a->status != 0)
        return result;
    if (faults.count > 0)
        return refuse_faults(a, &faults);
    return account_store_user(a, document, EVENT_UPDATE_PROFILE);
}
