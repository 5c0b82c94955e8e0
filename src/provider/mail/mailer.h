/* SPDX-License-Identifier: Apache-2.0 */
/* Brings mails to the servers of their realms (SMTP), on a thread of its own: nobody who logs in
 * waits for it. A mail that somebody waits for is tried once; one that is posted again and again,
 * later each time, for as long as it is good for something. What is posted waits in memory alone: a
 * stop loses it, and whoever wants the mail asks again. */
#ifndef MAILER_H
#define MAILER_H

#include "http/log/log_sink.h"
#include "provider/mail/smtp_setting.h"

#define MAILS_WAITING 1000 /* posted, all realms together, */
#define MAILS_OF_REALM 200 /* and of one of them */
#define MAILS_AT_ONCE 32   /* on their way, all realms together, */
#define MAILS_TO_SERVER 4  /* and of one realm: a server that hangs holds up its own mails alone */
#define MAIL_TIMEOUT 20000 /* milliseconds, for everything */
#define MAIL_ATTEMPTS 5    /* of one that is posted: 5, 10, 20 and 40 seconds apart */

typedef struct mailer mailer;

/* `ca_file`: PEM of the authorities to trust; NULL: the system's. `log` may be NULL. */
OST_MUST_CHECK ost_result mailer_new(const char *ca_file, log_sink *log, mailer **ret_mailer);
/* Ends what is under way: who waits is told so. NULL is fine. */
void mailer_stop(mailer *m);
void mailer_free(mailer *m); /* NULL is fine */

/* A mail, written. All is copied. */
typedef struct mail_letter {
    ost_text realm;
    smtp_setting server;
    const char *to;
    ost_text message;
    bool nobody; /* gets it: everything is done but that it goes out */
    bool trial;  /* of a server that need not be the realm's: how it ends says nothing of that */
} mail_letter;

/* One attempt. `done` is called once, on the mailer's thread: NULL when the server has taken the
 * mail, otherwise what is wrong. OST_E_BUSY: as many are under way as may be. */
OST_MUST_CHECK ost_result mailer_send(mailer *m, const mail_letter *letter,
                                      void (*done)(const char *fault, void *user), void *user);

/* Attempts in the background. OST_E_BUSY: too many wait. Any thread. */
OST_MUST_CHECK ost_result mailer_post(mailer *m, const mail_letter *letter);

typedef struct mailer_state {
    uint64_t sent, failed; /* attempts */
    uint64_t given_up;     /* mails that were posted, */
    uint64_t refused;      /* or would have been, but too many waited */
    uint64_t waiting;
    int64_t failing_ms; /* since when a realm's server has failed, the longest; 0: none does */
} mailer_state;
void mailer_read_state(mailer *m, mailer_state *ret_state);

#endif
