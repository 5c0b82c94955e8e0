/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of a guard, for the files of this folder alone. */
#ifndef GUARD_STATE_H
#define GUARD_STATE_H

#include "guard/cache/token_cache.h"
#include "guard/counters.h"
#include "guard/issuer.h"
#include "guard/refusal.h"
#include "guard/sender/proof_cache.h"
#include "guard/sender/sender_check.h"
#include "guard/status/revocation_file.h"

#define GUARD_ISSUERS 32

struct ost_guard {
    net_client *net;
    bool stopped;
    const ost_context *context;
    issuer *issuers[GUARD_ISSUERS];
    size_t issuer_count;
    token_cache *cache; /* NULL: off */
    size_t max_token;
    ost_keyset *decryption_keys; /* NULL: none */
    ost_jwe_rules decryption;
    ost_algs algorithms; /* of any issuer */
    char *realm, *resource_metadata;
    refusal_style style;
    sender_rules sender;
    revocation_file *revocation_file; /* NULL: none */
    net_timer *revocation_timer;      /* it is read again then */
    proof_cache *logouts;             /* logout tokens that have been received */
    counters counters;
};

struct ost_identity {
    const ost_claims *claims;
};

#endif
