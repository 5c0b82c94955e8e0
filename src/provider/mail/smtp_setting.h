/* SPDX-License-Identifier: Apache-2.0 */
/* The mail server of a realm, as its member "smtpServer" has it. */
#ifndef SMTP_SETTING_H
#define SMTP_SETTING_H

#include <ostiary/json.h>

#include "net/net_message.h"

typedef struct smtp_setting {
    const char *host;
    unsigned port;
    net_mail_security security;
    const char *user, *password; /* NULL: nobody is named */
    const char *from, *envelope_from;
    ost_text from_name, reply_to, reply_to_name; /* empty: none */
} smtp_setting;

/* A value of it, without room around; empty: none. Borrowed. */
ost_text smtp_value(const ost_json *object, const char *name);

/* Whether there is a server at all. */
bool smtp_is_set(const ost_json *object);

/* In the arena; strings, or what else stands for one ("port": 587). `starttls` makes the mail wait
 * for TLS: a server that has none gets nothing. OST_E_NOT_FOUND: there is no host. OST_E_ARGUMENT,
 * OST_E_UNSUPPORTED: something in it is not good, with a sentence. OST_E_MEMORY. */
OST_MUST_CHECK ost_result smtp_setting_read(const ost_json *object, ost_arena *arena,
                                            smtp_setting *ret_setting, ost_error *error);

/* Whether mail can be sent to the address: strictly of the usual form (RFC 5321 §4.1.2), without
 * quoted parts and addresses of hosts, in UTF-8. */
bool mail_can_go_to(ost_text address);

#endif
