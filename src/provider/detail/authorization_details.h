/* SPDX-License-Identifier: Apache-2.0 */
/* Rich authorization requests (RFC 9396): what a client asks for beyond scopes, as a list of
 * objects that each have a type. A client asks for the types that its attribute allows. */
#ifndef AUTHORIZATION_DETAILS_H
#define AUTHORIZATION_DETAILS_H

#include "provider/call/call.h"

#define DETAILS "authorization_details" /* the parameter, the claim, the member of answers */
#define DETAILS_TYPES "authorization.details.types" /* attribute: types, separated by spaces */
#define DETAILS_BYTES_MAX ((size_t)4096)            /* of one request */
#define DETAILS_MAX 16                              /* objects of one request */
#define DETAILS_TYPES_MAX 64                        /* of a realm that are told */

/* Reads a list, of which each object has a type and of the common members (§2.2) none of another
 * form, whoever asks. NULL: it is none, and *ret_why says why, in half a sentence. */
const ost_json *details_parse(ost_text text, ost_arena *arena, const char **ret_why);

/* Whether each object that is asked for is one of those that were granted, and no more of them. */
bool details_are_within(const ost_json *asked, const ost_json *granted);

/* The parameter of the form, as JSON in the arena; empty: there is none. False: it is malformed, or
 * has a type that the client may not ask for; refused with invalid_authorization_details. */
bool details_read(call *call, ost_text *ret_details);

/* The same for a request that continues a grant: what it names, or else all that was granted.
 * False: it is not within that, or the client may not ask for it any more. */
bool details_narrow(call *call, ost_text granted, ost_text *ret_details);

/* The same of what somebody else was granted: what the parameter names of it, as far as the client
 * may ask for that; nothing where there is none. */
bool details_choose(call *call, ost_text granted, ost_text *ret_details);

/* The types that enabled clients of the realm may ask for, each once; returns how many. */
size_t details_types_of(const realm *realm, ost_text ret_types[DETAILS_TYPES_MAX]);

/* False, and the call is refused: there is the parameter, where nothing would come of it. */
bool details_are_absent(call *call);

#endif
