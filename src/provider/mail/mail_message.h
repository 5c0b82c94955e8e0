/* SPDX-License-Identifier: Apache-2.0 */
/* A mail as it travels (RFC 5322, MIME): a text and the same as HTML. */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

#include <ostiary/types.h>

#define MAIL_MESSAGE_MAX ((size_t)512 << 10) /* bytes, written */

typedef struct mail_message {
    ost_text from, from_name;
    ost_text reply_to, reply_to_name; /* empty: none */
    ost_text to;
    ost_text subject;
    ost_text text, html;
    ost_text id; /* tells it from any other: letters, digits and hyphens */
    int64_t date;
} mail_message;

/* Writes it, in the arena. Names and the subject may hold anything: control characters become
 * spaces, and what is beyond ASCII is encoded (RFC 2047), so that no field begins in another's
 * value. OST_E_ARGUMENT: an address to which no mail can go; OST_E_UTF8; OST_E_CEILING;
 * OST_E_MEMORY. */
OST_MUST_CHECK ost_result mail_message_write(const mail_message *message, ost_arena *arena,
                                             ost_text *ret_written);

#endif
