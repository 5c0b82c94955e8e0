/* SPDX-License-Identifier: Apache-2.0 */
/* The query with which the provider sends the browser back: RFC 6749 §4.1.2, RFC 9207. */
#ifndef LOGIN_CALLBACK_H
#define LOGIN_CALLBACK_H

#include <ostiary/types.h>

/* Decoded parameters; NULL data when absent. */
typedef struct login_callback {
    ost_text code;
    ost_text state;
    ost_text issuer; /* `iss` */
    ost_text error;  /* of RFC 6749's alphabet for error codes, at most 64 characters */
} login_callback;

/* Parameters it does not know are passed over. OST_E_FORMAT: a parameter twice, a bad escape, no
 * state, neither or both of code and error, a value that cannot be one. */
OST_MUST_CHECK ost_result login_callback_read(ost_text query, ost_arena *arena,
                                              login_callback *ret_callback);

#endif
