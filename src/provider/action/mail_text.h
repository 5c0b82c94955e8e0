/* SPDX-License-Identifier: Apache-2.0 */
/* What the mails of a realm say, in the language of who gets them: the messages of the pages, with
 * the realm's own in their place (its localizationTexts, by Keycloak's keys), in one plain frame.
 */
#ifndef MAIL_TEXT_H
#define MAIL_TEXT_H

#include "page/page_words.h"
#include "provider/mail/mail_message.h"
#include "provider/realm/realm.h"

typedef enum mail_kind {
    MAIL_TEST,    /* a server is tried */
    MAIL_EXECUTE, /* an administrator wants something done */
    MAIL_VERIFY,  /* is this address yours? */
    MAIL_RESET,   /* a forgotten password */
    MAIL_LINK,    /* the same, and an account elsewhere is linked by it */
    MAIL_KINDS,
} mail_kind;

typedef struct mail_text {
    mail_kind kind;
    const realm *realm;
    const page_words *words;
    ost_text link;
    int64_t lifespan;           /* of the link: seconds */
    ost_text actions;           /* of MAIL_EXECUTE: aliases, separated by spaces */
    ost_text provider, account; /* of MAIL_LINK: what people call both */
} mail_text;

/* The words for a user: of their attribute "locale", or `tag` (NULL: nobody has said), or of the
 * realm's default; of each only what is one of the realm's languages counts. */
void mail_text_words(const realm *realm, const ost_json *user_document, const char *tag,
                     page_words *ret_words);

/* What the actions are called, with commas between; in the arena. No data: no memory. */
ost_text mail_text_actions(const page_words *words, ost_text actions, ost_arena *arena);

/* Fills in subject, text and HTML, in the arena. OST_E_MEMORY, OST_E_CEILING. */
OST_MUST_CHECK ost_result mail_text_write(const mail_text *mail, ost_arena *arena,
                                          mail_message *message);

#endif
