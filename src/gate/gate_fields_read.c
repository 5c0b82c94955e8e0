/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the names and sources of the identity fields; see gate_fields_read.h. */
#include "gate/gate_fields_read.h"

#include "base/array.h"
#include "base/text.h"

#define NAME_MAX_LEN 64
#define CLAIM_MAX_LEN 256

/* As oauth2-proxy calls them, for applications know these. */
static const gate_field usual[] = {
    {"X-Auth-Request-User", GATE_SUBJECT, NULL, false},
    {"X-Auth-Request-Preferred-Username", GATE_USERNAME, NULL, false},
    {"X-Auth-Request-Email", GATE_EMAIL, NULL, false},
    {"X-Auth-Request-Groups", GATE_GROUPS, NULL, false},
    {"X-Auth-Request-Roles", GATE_ROLES, NULL, false},
    {"X-Auth-Request-Scopes", GATE_SCOPES, NULL, false},
    {"X-Auth-Request-Expires", GATE_EXPIRES, NULL, false},
};

static const struct {
    const char *name;
    gate_source source;
} sources[] = {
    {"subject", GATE_SUBJECT}, {"username", GATE_USERNAME},
    {"email", GATE_EMAIL},     {"email_unverified", GATE_EMAIL_UNVERIFIED},
    {"name", GATE_NAME},       {"groups", GATE_GROUPS},
    {"roles", GATE_ROLES},     {"scopes", GATE_SCOPES},
    {"expires", GATE_EXPIRES}, {"issuer", GATE_ISSUER},
    {"client", GATE_CLIENT},
};

static ost_result wrong(ost_error *error, size_t number, const char *member, const char *what)
{
    return ost_error_set(error, OST_E_CONFIG, "headers[%zu]%s%s %s", number,
                         member[0] != '\0' ? "." : "", member, what);
}

/* Letters, digits and hyphens: CGI and its like make the same variable of '-' and '_'. */
static bool is_name(ost_text name)
{
    return name.len > 0 && name.len <= NAME_MAX_LEN && text_is_made_of(name, "-") &&
           name.data[0] != '-';
}

/* What means something to proxies, browsers or the gate itself. */
static bool is_taken(ost_text name)
{
    static const char *const taken[] = {
        "authorization",
        "cache-control",
        "connection",
        "content-encoding",
        "cookie",
        "content-length",
        "content-type",
        "date",
        "host",
        "keep-alive",
        "location",
        "proxy-authenticate",
        "retry-after",
        "set-cookie",
        "te",
        "trailer",
        "upgrade",
        "transfer-encoding",
        "www-authenticate",
        "x-auth-request-login",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-method",
        "x-forwarded-proto",
        "x-forwarded-uri",
        "x-original-method",
        "x-original-uri",
    };
    for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
        if (text_equal_ignoring_case(name, text_of(taken[i])))
            return true;
    }
    const ost_text cookies = OST_TEXT("x-auth-request-cookie-");
    return text_equal_ignoring_case(text_slice(name, 0, cookies.len), cookies);
}

static ost_result read_name(const ost_json *value, size_t number, ost_arena *arena,
                            gate_field *fields, ost_error *error)
{
    ost_text name;
    if (!ost_json_text(ost_json_get(value, "name"), &name) || !is_name(name))
        return wrong(error, number, "name", "must be made of letters, digits and hyphens");
    if (is_taken(name))
        return wrong(error, number, "name", "is a field with a meaning of its own");
    for (size_t i = 0; i < number; i++) {
        if (text_equal_ignoring_case(name, text_of(fields[i].name)))
            return wrong(error, number, "name", "is there already");
    }
    fields[number].name = ost_arena_copy(arena, name);
    return fields[number].name != NULL ? OST_OK
                                       : ost_error_set(error, OST_E_MEMORY, "out of memory");
}

static ost_result read_source(const ost_json *value, size_t number, ost_arena *arena,
                              gate_field *field, ost_error *error)
{
    const ost_json *source = ost_json_get(value, "value"), *claim = ost_json_get(value, "claim");
    ost_text text;
    if ((source == NULL) == (claim == NULL))
        return wrong(error, number, "", "needs one of \"value\" and \"claim\"");
    if (claim != NULL) {
        if (!ost_json_text(claim, &text) || text.len == 0 || text.len > CLAIM_MAX_LEN)
            return wrong(error, number, "claim", "must be the name of a claim");
        field->source = GATE_CLAIM;
        field->claim = ost_arena_copy(arena, text);
        return field->claim != NULL ? OST_OK : ost_error_set(error, OST_E_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
        if (ost_json_equals(source, text_of(sources[i].name))) {
            field->source = sources[i].source;
            return OST_OK;
        }
    }
    return wrong(error, number, "value",
                 "must be subject, username, email, email_unverified, name, groups, roles, scopes, "
                 "expires, issuer or client");
}

static ost_result read_field(const ost_json *value, size_t number, ost_arena *arena,
                             gate_field *fields, ost_error *error)
{
    static const char *const known[] = {"name", "value", "claim", "encoded", NULL};
    const ost_json *encoded = ost_json_get(value, "encoded");
    if (!ost_json_is(value, OST_JSON_OBJECT))
        return wrong(error, number, "", "must be an object");
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        if (!text_is_one_of(ost_json_name(one), known))
            return ost_error_set(error, OST_E_CONFIG, "headers[%zu].%.*s is unknown", number,
                                 OST_FORMAT(text_slice(ost_json_name(one), 0, 64)));
    }
    if (encoded != NULL && !ost_json_boolean(encoded, &fields[number].encoded))
        return wrong(error, number, "encoded", "must be true or false");
    ost_result result = read_name(value, number, arena, fields, error);
    return result == OST_OK ? read_source(value, number, arena, &fields[number], error) : result;
}

ost_result gate_fields_read(const ost_json *value, ost_arena *arena, gate_rules *rules,
                            ost_error *error)
{
    size_t count = ost_json_count(value), at = 0;
    rules->fields = usual;
    rules->field_count = ARRAY_LEN(usual);
    if (value == NULL)
        return OST_OK;
    if (!ost_json_is(value, OST_JSON_ARRAY) || count > GATE_FIELDS_MAX)
        return ost_error_set(error, OST_E_CONFIG, "headers must be a list of at most %d fields",
                             GATE_FIELDS_MAX);
    gate_field *fields = ost_arena_alloc(arena, (count + 1) * sizeof *fields);
    if (fields == NULL)
        return ost_error_set(error, OST_E_MEMORY, "out of memory");
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one), at++) {
        ost_result result = read_field(one, at, arena, fields, error);
        if (result != OST_OK)
            return result;
    }
    rules->fields = fields;
    rules->field_count = count;
    return OST_OK;
}
