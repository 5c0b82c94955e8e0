/* SPDX-License-Identifier: Apache-2.0 */
/* What an authenticator says about itself and a credential (WebAuthn §6.1). */
#ifndef AUTHENTICATOR_DATA_H
#define AUTHENTICATOR_DATA_H

#include <ostiary/types.h>

#define AUTHENTICATOR_ID_MAX 1023 /* bytes of a credential's id (WebAuthn §7.1) */
#define AAGUID_SIZE 16

typedef struct authenticator_data {
    ost_text rp_id_hash;    /* 32 bytes */
    bool present, verified; /* the user: UP, UV */
    bool attested;          /* a credential comes with it: */
    uint32_t counter;
    ost_text aaguid;     /* 16 bytes */
    ost_text id;         /* never empty */
    ost_text public_key; /* a COSE_Key, of whatever kind */
} authenticator_data;

/* Borrows from the bytes. OST_E_FORMAT: cut short, something behind the end, or flags that
 * contradict each other. */
OST_MUST_CHECK ost_result authenticator_data_read(ost_text bytes, authenticator_data *ret_data);

#endif
