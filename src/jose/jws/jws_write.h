/* SPDX-License-Identifier: Apache-2.0 */
/* What all serializations of a JWS are written with, once it may be more than a token. */
#ifndef JWS_WRITE_H
#define JWS_WRITE_H

#include <ostiary/jose.h>

#include "jose/jws/signing_input.h"

typedef struct written_signature {
    ost_text header;    /* encoded */
    ost_text signature; /* encoded */
} written_signature;

/* The options that NULL stands for. */
extern const ost_jws_options jws_plain;

/* OST_E_ARGUMENT, OST_E_CEILING, OST_E_MEMORY. */
OST_MUST_CHECK ost_result jws_write_payload(ost_text payload, const ost_jws_options *options,
                                            ost_arena *arena, signing_room *ret_room,
                                            ost_error *error);

/* One signer's protected header and signature. Errors as ost_jws_json_sign. */
OST_MUST_CHECK ost_result jws_write_signature(const signing_room *room,
                                              const ost_jws_signer *signer,
                                              const ost_jws_options *options, ost_arena *arena,
                                              written_signature *ret_written, ost_error *error);

#endif
