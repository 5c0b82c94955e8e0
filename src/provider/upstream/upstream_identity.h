/* SPDX-License-Identifier: Apache-2.0 */
/* Whom an identity provider knows somebody as: carried along, sealed, while their login here is
 * under way; then a link in the user's document (federatedIdentities), and notes of the session. */
#ifndef UPSTREAM_IDENTITY_H
#define UPSTREAM_IDENTITY_H

#include "provider/session/authentication.h"
#include "store/store.h"

#define UPSTREAM_SHOWN_MAX 64 /* characters of a name that people see */
#define UPSTREAM_ID_MAX 255   /* bytes of an id: users are found by no longer ones */

typedef struct upstream_identity {
    ost_text alias;     /* of the provider */
    ost_text id, name;  /* there: its sub, and what people call it */
    ost_text email;     /* of an address that counts as verified; empty: none does */
    ost_text session;   /* there: its sid; empty: it has said none */
    ost_text id_token;  /* to log out there with; empty: it was too long to be carried */
    ost_text auth_time; /* when they have proved there who they are; empty: it does not say */
    ost_text notes;     /* that mappers add to the session, a JSON object; empty: none */
    ost_text changes;   /* of theirs by then (upstream_change.h); empty: none */
    ost_text link;      /* the user of ours who has yet to show that they are both; empty: nobody */
} upstream_identity;

/* What people call it there, as one line that they can look at: without what turns text around or
 * breaks lines, and no longer than a name is. In the arena; no data: no memory. */
ost_text upstream_identity_shown(const upstream_identity *identity, ost_arena *arena);

/* As text, in the arena; false: the call is refused. */
bool upstream_identity_write(call *call, const upstream_identity *identity, ost_text *ret_text);
/* False: there is none. */
bool upstream_identity_read(call *call, ost_text text, upstream_identity *ret_identity);

/* The user's document with the link. OST_E_CONFLICT: they have one to somebody else there. */
OST_MUST_CHECK ost_result upstream_identity_link(const upstream_identity *identity,
                                                 const ost_json *document, ost_arena *arena,
                                                 const ost_json **ret_document);

/* The user's document whose link has the name that they have there by now. */
OST_MUST_CHECK ost_result upstream_identity_rename(const upstream_identity *identity,
                                                   const ost_json *document, ost_arena *arena,
                                                   const ost_json **ret_document);

/* The notes of a session with those of the identity, by Keycloak's names. */
bool upstream_identity_note(call *call, const upstream_identity *identity, ost_text notes,
                            ost_text *ret_notes);

/* Of a session's notes; false: it began otherwise. */
bool upstream_identity_of_notes(ost_text notes, ost_arena *arena, upstream_identity *ret_identity);

/* The one user who is linked with an id at a provider. OST_E_NOT_FOUND: nobody is;
 * OST_E_CONFLICT: several are, of whom none is meant. On the pool. */
OST_MUST_CHECK ost_result upstream_identity_find(call *call, ost_text alias, ost_text id,
                                                 ost_text *ret_user_id);

#endif
