/* SPDX-License-Identifier: Apache-2.0 */
/* The mails of a realm, ready to go. */
#ifndef ACTION_MAIL_H
#define ACTION_MAIL_H

#include "provider/action/action_token.h"
#include "provider/action/mail_text.h"
#include "provider/mail/mailer.h"

/* Whether the realm has a mail server. */
bool action_mail_is_set(const realm *realm);

/* A mail to an address, by a server as "smtpServer" has it, in the call's arena. OST_E_NOT_FOUND:
 * there is no server; OST_E_ARGUMENT, OST_E_UNSUPPORTED: it, or the address, is not good, with a
 * sentence. */
OST_MUST_CHECK ost_result action_mail_write(call *call, const ost_json *smtp, const mail_text *text,
                                            ost_text to, mail_letter *ret_letter, ost_error *error);

/* The same with a new link for the user of `token`, of whom `limit` may wait (OST_E_BUSY); for
 * `lifespan` seconds. `tag`: as mail_text_words takes it. */
OST_MUST_CHECK ost_result action_mail_link(call *call, action_token *token, int64_t lifespan,
                                           size_t limit, const ost_json *user_document,
                                           const char *tag, mail_letter *ret_letter,
                                           ost_error *error);

/* Seconds that a link lasts that a user has asked for, and one that an administrator sends. */
int64_t action_lifespan_of_user(const realm *realm, action_purpose purpose);
int64_t action_lifespan_of_admin(const realm *realm);

#endif
