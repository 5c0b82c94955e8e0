/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a one-time code is right, now and for the first time. Uses the store: on the pool. */
#ifndef OTP_CHECK_H
#define OTP_CHECK_H

#include "provider/user/otp_credential.h"
#include "store/store.h"
#include "store/user/user_record.h"

typedef struct otp_attempt {
    const realm *realm;
    const store_user *user;
    const ost_json *document; /* the user's */
    ost_text credential;      /* the id of one of theirs; empty: their first */
    ost_text code;            /* as it was typed */
    int64_t now;              /* seconds */
} otp_attempt;

/* Checks the code by the credential and the realm's policy, and uses it up: at whichever node it
 * comes again, it is wrong (unless the realm lets codes of time be used again), and a counter goes
 * on. OST_E_NOT_FOUND: it is not right, or the user has no such credential; OST_E_CONFLICT: the
 * user has been changed meanwhile. */
OST_MUST_CHECK ost_result otp_check(store *store, const otp_attempt *attempt, ost_arena *arena);

/* Uses up a step of time of a device that has just been added. OST_E_CONFLICT: it has been. */
OST_MUST_CHECK ost_result otp_step_use(store *store, const realm *realm, const otp_device *device,
                                       uint64_t step, int64_t now, ost_arena *arena);

#endif
