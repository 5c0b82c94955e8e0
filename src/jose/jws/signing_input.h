/* SPDX-License-Identifier: Apache-2.0 */
/* What a JWS signs: header, dot, payload (RFC 7515 §5.1, RFC 7797 §3). */
#ifndef SIGNING_INPUT_H
#define SIGNING_INPUT_H

#include <ostiary/types.h>

/* The payload lies there once, with room before it for one header after the other. */
typedef struct signing_room {
    ost_text payload; /* as it is signed and transmitted */
    char *start;      /* of the payload */
} signing_room;

/* Copies the payload, encoded in base64url where `encode` says so. OST_E_MEMORY. */
OST_MUST_CHECK ost_result signing_room_make(ost_text payload, bool encode, ost_arena *arena,
                                            signing_room *ret_room);

/* Puts `header` (encoded, HEADER_MAX at most) before the payload; valid until the next call. */
ost_text signing_input(const signing_room *room, ost_text header);

#endif
