/* SPDX-License-Identifier: Apache-2.0 */
/* The one-time password credentials of a user, as Keycloak stores them: of type "otp", their parts
 * JSON inside strings, in the order of preference. Those of before Keycloak 8 are flat. */
#ifndef OTP_CREDENTIAL_H
#define OTP_CREDENTIAL_H

#include <ostiary/json.h>

#include "provider/realm/realm.h"
#include "provider/user/one_time_code.h"

typedef struct otp_credential {
    const ost_json *credential; /* as it stands in the user's document */
    ost_text id;                /* its own, or what its place makes */
    ost_text label;             /* empty: none */
    bool readable;              /* if not, no code is right */
    bool counted;               /* HOTP; otherwise TOTP */
    code_key key;
    int64_t period;   /* seconds of a step of TOTP */
    uint64_t counter; /* of the next code of HOTP */
} otp_credential;

/* Those of the user's document, whether they can be read or not; a whole array in the arena. */
OST_MUST_CHECK ost_result otp_credentials_read(const ost_json *user, ost_text user_id,
                                               ost_arena *arena, otp_credential **ret_list,
                                               size_t *ret_count);

/* The credentials of the user's document, of every type, each with an id: its own, or what its
 * place makes. What changes one writes these down, for places change with it. */
OST_MUST_CHECK ost_result credentials_name(const ost_json *user, ost_text user_id, ost_arena *arena,
                                           const ost_json **ret_list);

/* Whether the user has any. */
bool otp_credential_is_there(const ost_json *user);

/* A device that is set up. */
typedef struct otp_device {
    ost_text user_id, id;
    const otp_policy *policy;
    ost_text key;     /* text, whose bytes are the key */
    ost_text label;   /* empty: none */
    uint64_t counter; /* of the next code of HOTP */
    int64_t now_ms;
} otp_device;

/* The user with the device behind their others. */
OST_MUST_CHECK ost_result otp_credential_add(const ost_json *user, const otp_device *device,
                                             ost_arena *arena, const ost_json **ret_user);

/* The user with another counter in that credential. */
OST_MUST_CHECK ost_result otp_credential_count_on(const ost_json *user, const otp_credential *otp,
                                                  uint64_t counter, ost_arena *arena,
                                                  const ost_json **ret_user);

#endif
