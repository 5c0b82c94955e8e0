/* SPDX-License-Identifier: Apache-2.0 */
/* What a session's notes say to protocol mappers, by Keycloak's names. */
#ifndef SESSION_NOTE_H
#define SESSION_NOTE_H

#include <ostiary/json.h>

/* Where the notes have what mappers of identity providers have added: an object of texts, as a text
 * of its own, so that none of them takes a name of ours. */
#define SESSION_NOTES_MAPPED "mapped"

/* `notes` as the store has them. False: they say nothing of the name. What is of use to somebody
 * who holds it, as the ID token of an identity provider is, is told to no mapper. */
bool session_note(ost_text notes, ost_text name, ost_arena *arena, ost_text *ret_text);

#endif
