/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a user's own profile; see profile_check.h. */
#include "provider/profile/profile_check.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "provider/member/mail_address.h"
#include "provider/member/name_signs.h"

#define MAX_LENGTH 255 /* characters */
#define MIN_USERNAME 3

void profile_fault_add(profile_faults *f, profile_fault fault)
{
    if (f->count < ARRAY_LEN(f->list))
        f->list[f->count++] = fault;
}

/* As Java counts: what UTF-8 needs four bytes for are two. */
size_t profile_length(ost_text text)
{
    size_t length = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        length += (byte & 0xc0) != 0x80;
        length += byte >= 0xf0;
    }
    return length;
}

static bool has_any(ost_text text, const char *const *sequences)
{
    for (size_t i = 0; sequences[i] != NULL; i++) {
        if (text_contains(text, text_of(sequences[i])))
            return true;
    }
    return false;
}

/* What could be markup, a path or a pattern where a name is shown or used. */
bool profile_is_person_name(ost_text name)
{
    static const char *const forbidden[] = {"\u00a7", "\xc2\x85", "\u2028", "\u2029", NULL};
    return !name_has_sign(name, false) && !has_any(name, forbidden);
}

/* And nothing that cannot be seen. */
bool profile_is_username(ost_text name)
{
    static const char *const forbidden[] = {
        "\u00a7", "\xc2\x85", "\u2028", "\u2029", "\u00a0", "\u1680", "\u180e", "\u2000",
        "\u2001", "\u2002",   "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
        "\u2009", "\u200a",   "\u202f", "\u205f", "\u3000", NULL};
    return !name_has_sign(name, true) && !has_any(name, forbidden);
}

static void check_length(const char *field, ost_text value, profile_faults *f)
{
    if (profile_length(value) > MAX_LENGTH)
        profile_fault_add(f, (profile_fault){.field = field,
                                             .message = "error-invalid-length-too-long",
                                             .maximum = "255"});
}

void profile_check_username(ost_text value, profile_faults *f)
{
    static const char field[] = "username";
    size_t length = profile_length(value);
    if (value.len == 0) {
        profile_fault_add(f, (profile_fault){.field = field, .message = "missingUsernameMessage"});
        return;
    }
    if (length < MIN_USERNAME || length > MAX_LENGTH)
        profile_fault_add(f, (profile_fault){.field = field,
                                             .message = "error-invalid-length",
                                             .minimum = "3",
                                             .maximum = "255"});
    if (!profile_is_username(value))
        profile_fault_add(
            f, (profile_fault){.field = field, .message = "error-username-invalid-character"});
}

void profile_check_name(const char *field, ost_text value, profile_faults *f)
{
    if (value.len == 0) {
        profile_fault_add(
            f, (profile_fault){.field = field, .message = "error-user-attribute-required"});
        return;
    }
    check_length(field, value, f);
    if (!profile_is_person_name(value))
        profile_fault_add(
            f, (profile_fault){.field = field, .message = "error-person-name-invalid-character"});
}

void profile_check_email(ost_text value, profile_faults *f)
{
    static const char field[] = "email";
    if (value.len == 0) {
        if (value.data != NULL)
            profile_fault_add(f, (profile_fault){.field = field, .message = "missingEmailMessage"});
        profile_fault_add(
            f, (profile_fault){.field = field, .message = "error-user-attribute-required"});
        return;
    }
    check_length(field, value, f);
    if (!mail_address_is_plain(value)) /* that of a person's mailbox */
        profile_fault_add(
            f, (profile_fault){.field = field, .message = "error-invalid-email", .value = value});
}

void profile_check(const ost_json *user, profile_faults *f)
{
    static const char *const names[] = {"firstName", "lastName"};
    ost_text value = {0};
    (void)!ost_json_text(ost_json_get(user, "email"), &value);
    profile_check_email(value, f);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        value = (ost_text){0};
        (void)!ost_json_text(ost_json_get(user, names[i]), &value);
        profile_check_name(names[i], value, f);
    }
}

/* ---- the answer ---- */

static void put_members(const profile_fault *fault, ost_json_writer *w)
{
    char shown[32] = "${";
    (void)text_to_string(text_of(fault->field), shown + 2, sizeof shown - 3);
    memcpy(shown + strlen(shown), "}", 2);
    ost_json_member_string(w, "field", fault->field);
    ost_json_member_string(w, "errorMessage", fault->message);
    ost_json_put_name(w, OST_TEXT("params"));
    ost_json_open_array(w);
    ost_json_put_text(w, text_of(fault->shown != NULL ? fault->shown : shown));
    if (fault->maximum != NULL) {
        if (fault->minimum != NULL)
            ost_json_put_text(w, text_of(fault->minimum));
        else
            ost_json_put_null(w);
        ost_json_put_text(w, text_of(fault->maximum));
    }
    if (fault->value.data != NULL)
        ost_json_put_text(w, fault->value);
    ost_json_close_array(w);
}

void profile_faults_write(const profile_faults *f, ost_json_writer *w)
{
    ost_json_open_object(w);
    if (f->count == 1)
        put_members(&f->list[0], w);
    ost_json_put_name(w, OST_TEXT("errors"));
    ost_json_open_array(w);
    for (size_t i = 0; i < f->count; i++) {
        ost_json_open_object(w);
        put_members(&f->list[i], w);
        ost_json_close_object(w);
    }
    ost_json_close_array(w);
    ost_json_close_object(w);
}
