/* SPDX-License-Identifier: Apache-2.0 */
/* A registered client that is about to be stored: what its metadata say, beside what is there. */
#ifndef REGISTRATION_DRAFT_H
#define REGISTRATION_DRAFT_H

#include "provider/client_admin/client_proposal.h"
#include "provider/registration/client_metadata.h"
#include "provider/registration/registrant.h"
#include "provider/registration/registration_policy.h"

typedef struct registration_draft {
    const client_metadata *metadata; /* NULL: it has a representation */
    const ost_json *representation;  /* what was sent, Keycloak's own (representation.h), */
    const registrant *by;            /* and who did */
    registration_policy policy;
    bool anonymous;
    client_updater updater;   /* who asks, for client policies */
    ost_text id;              /* of the client; of a new one also its client ID */
    ost_text token_id;        /* of the registration access token that is valid from now on; empty:
                               * the one before stays */
    bool keeps_token;         /* no: policies let the one before stand */
    const ost_json *existing; /* what it was before; NULL: it is new */
    const ost_json *defaults; /* the realm's document */
} registration_draft;

/* Writes the member "attributes" of the client's ClientRepresentation. */
void registration_draft_put_attributes(call *call, const registration_draft *draft,
                                       ost_json_writer *writer);

/* The whole ClientRepresentation, in the call's arena. Refuses the call. */
bool registration_draft_document(call *call, const registration_draft *draft,
                                 const ost_json **ret_document);

/* Stores the client (the call's, if it has one, else a new one) as the realm's client policies have
 * it; with `draft` NULL the call's client ends. Refuses the call. */
bool registration_draft_store(call *call, registration_draft *draft);

#endif
