/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the values of identity fields; see gate_fields.h. */
#include "gate/gate_fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "base/json/json_member.h"
#include "base/percent.h"
#include "base/text.h"

/* ---- one value ---- */

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static const char *why_not(ost_text value)
{
    if (value.len > 0 && (value.data[0] == ' ' || value.data[value.len - 1] == ' '))
        return "begins or ends with a blank";
    for (size_t i = 0; i < value.len; i++) {
        if (is_control(value.data[i]))
            return "holds a control character";
        if (value.data[i] == ',')
            return "holds a comma";
    }
    return value.len > GATE_FIELD_MAX ? "is too long" : NULL;
}

static ost_result take_one(const gate_field *field, ost_text value, ost_arena *arena,
                           ost_text *ret_value, ost_error *error)
{
    if (field->encoded)
        value = percent_encode(arena, value.len > 0 ? value : OST_TEXT(""));
    else if (value.len > 0)
        value = text_of(ost_arena_copy(arena, value));
    if (value.data == NULL && (field->encoded || value.len > 0))
        return OST_E_MEMORY;
    const char *why = why_not(value);
    if (why != NULL)
        return ost_error_set(error, OST_E_FORMAT, "the value for %s %s", field->name, why);
    *ret_value = value;
    return OST_OK;
}

/* ---- several ---- */

static void append_encoded(buffer *list, ost_text word, const char *also)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.data[i];
        if (is_control(c) || c == '%' || c == ',' || c == ' ' || c == '"' || c == '\\' ||
            strchr(also, c) != NULL)
            buffer_append_format(list, "%%%02X", (unsigned char)c);
        else
            buffer_append_byte(list, c);
    }
}

static void append_word(buffer *list, char separator, ost_text client, ost_text word,
                        const char *also)
{
    if (word.len == 0)
        return;
    if (list->len > 0)
        buffer_append_byte(list, separator);
    if (client.data != NULL) {
        append_encoded(list, client, ":");
        buffer_append_byte(list, ':');
    }
    append_encoded(list, word, also);
}

/* Of a list its texts; one text is a list of one. */
static void append_texts(buffer *list, char separator, ost_text client, const ost_json *value,
                         const char *also)
{
    ost_text text;
    if (ost_json_text(value, &text))
        append_word(list, separator, client, text, also);
    if (!ost_json_is(value, OST_JSON_ARRAY))
        return;
    for (const ost_json *one = ost_json_first(value); one != NULL; one = ost_json_next(one)) {
        if (ost_json_text(one, &text))
            append_word(list, separator, client, text, also);
    }
}

static void append_roles(buffer *list, const ost_claims *claims)
{
    const ost_json *realm = ost_claims_get(claims, "realm_access");
    const ost_json *clients = ost_claims_get(claims, "resource_access");
    append_texts(list, ',', (ost_text){0}, ost_json_get(realm, "roles"), ":");
    if (!ost_json_is(clients, OST_JSON_OBJECT))
        return;
    for (const ost_json *one = ost_json_first(clients); one != NULL; one = ost_json_next(one))
        append_texts(list, ',', ost_json_name(one), ost_json_get(one, "roles"), ":");
}

static void append_words(buffer *list, ost_text words)
{
    for (ost_text rest = words, word; text_next(&rest, ' ', &word);)
        append_word(list, ' ', (ost_text){0}, word, "");
}

/* By scope, else by scp, which is a list in some vendors' tokens. */
static void append_scopes(buffer *list, const ost_claims *claims)
{
    const ost_json *scope = ost_claims_get(claims, "scope");
    ost_text text;
    if (scope == NULL)
        scope = ost_claims_get(claims, "scp");
    if (ost_json_text(scope, &text))
        append_words(list, text);
    else
        append_texts(list, ' ', (ost_text){0}, scope, "");
}

static ost_result take_list(const gate_field *field, const ost_claims *claims, ost_arena *arena,
                            ost_text *ret_value, ost_error *error)
{
    buffer_auto buffer list = {0};
    buffer_init(&list, GATE_FIELD_MAX);
    if (field->source == GATE_GROUPS)
        append_texts(&list, ',', (ost_text){0}, ost_claims_get(claims, "groups"), "");
    else if (field->source == GATE_ROLES)
        append_roles(&list, claims);
    else if (field->source == GATE_SCOPES)
        append_scopes(&list, claims);
    else
        append_texts(&list, ',', (ost_text){0}, ost_claims_get(claims, field->claim), "");
    if (list.failed != OST_OK && list.failed != OST_E_CEILING)
        return list.failed;
    ost_text value = text_of(ost_arena_copy(arena, buffer_text(&list)));
    if (field->encoded && value.data != NULL)
        value = percent_encode(arena, value);
    if (list.failed == OST_E_CEILING || value.len > GATE_FIELD_MAX)
        return ost_error_set(error, OST_E_CEILING, "the values for %s take more than %zu bytes",
                             field->name, GATE_FIELD_MAX);
    if (value.data == NULL)
        return OST_E_MEMORY;
    *ret_value = value;
    return OST_OK;
}

/* ---- all of them ---- */

/* Texts and lists as they are; numbers and truths as JSON writes them; nothing for an object. */
static ost_result take_claim(const gate_field *field, const ost_claims *claims, ost_arena *arena,
                             ost_text *ret_value, ost_error *error)
{
    const ost_json *value = ost_claims_get(claims, field->claim);
    if (ost_json_is(value, OST_JSON_ARRAY))
        return take_list(field, claims, arena, ret_value, error);
    ost_text text = {0};
    if (!ost_json_text(value, &text) && value != NULL && !ost_json_is(value, OST_JSON_OBJECT) &&
        !ost_json_is(value, OST_JSON_NULL))
        text = ost_json_source(value);
    return take_one(field, text, arena, ret_value, error);
}

/* An address that the issuer has not verified is whatever the user has typed. */
static ost_text verified_email(const ost_claims *claims)
{
    bool verified = json_true_of(ost_claims_json(claims), "email_verified");
    return verified ? ost_claims_text(claims, "email") : (ost_text){0};
}

ost_result gate_fields_value(const gate_field *field, const ost_identity *identity,
                             ost_arena *arena, ost_text *ret_value, ost_error *error)
{
    const ost_claims *claims = ost_identity_claims(identity);
    ost_text value = {0};
    if (claims == NULL) {
        *ret_value = OST_TEXT("");
        return OST_OK;
    }
    switch (field->source) {
    case GATE_SUBJECT:
        value = ost_identity_subject(identity);
        break;
    case GATE_USERNAME:
        value = ost_identity_username(identity);
        break;
    case GATE_EMAIL:
        value = verified_email(claims);
        break;
    case GATE_EMAIL_UNVERIFIED:
        value = ost_claims_text(claims, "email");
        break;
    case GATE_NAME:
        value = ost_claims_text(claims, "name");
        break;
    case GATE_EXPIRES:
        value = text_of(ost_arena_format(arena, "%" PRId64, ost_claims_expiry(claims)));
        break;
    case GATE_ISSUER:
        value = ost_identity_issuer(identity);
        break;
    case GATE_CLIENT:
        value = ost_identity_client(identity);
        break;
    case GATE_GROUPS:
    case GATE_ROLES:
    case GATE_SCOPES:
        return take_list(field, claims, arena, ret_value, error);
    case GATE_CLAIM:
        return take_claim(field, claims, arena, ret_value, error);
    }
    return take_one(field, value, arena, ret_value, error);
}
