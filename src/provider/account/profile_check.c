/* SPDX-License-Identifier: Apache-2.0 */
/* Checks of a user's own profile; see profile_check.h. */
#include "provider/account/profile_check.h"

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

static size_t count_characters(ost_text text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.data[i] & 0xc0) != 0x80;
    return count;
}

/* Signs, and what no name has that is no ASCII: more controls, and the paragraph sign. */
static bool has_sign(ost_text text, bool of_user)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i],
                      following = (unsigned char)text.data[i + 1];
        if (byte == 0xc2 && (following < 0xa0 || following == 0xa7))
            return true;
    }
    return name_has_sign(text, of_user);
}

static void check_length(const char *field, ost_text value, profile_faults *f)
{
    if (count_characters(value) > MAX_LENGTH)
        profile_fault_add(f, (profile_fault){.field = field,
                                             .message = "error-invalid-length-too-long",
                                             .maximum = "255"});
}

void profile_check_username(ost_text value, profile_faults *f)
{
    static const char field[] = "username";
    size_t length = count_characters(value);
    if (value.len == 0) {
        profile_fault_add(f, (profile_fault){.field = field, .message = "missingUsernameMessage"});
        return;
    }
    if (length < MIN_USERNAME || length > MAX_LENGTH)
        profile_fault_add(f, (profile_fault){.field = field,
                                             .message = "error-invalid-length",
                                             .minimum = "3",
                                             .maximum = "255"});
    if (has_sign(value, true))
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
    if (has_sign(value, false))
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
    ost_json_put_text(w, text_of(shown));
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
