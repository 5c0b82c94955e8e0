/* SPDX-License-Identifier: Apache-2.0 */
/* Keys in DER, and in certificates. */
#ifndef KEY_DER_H
#define KEY_DER_H

#include "jose/key/der_form.h"
#include "jose/key/key_state.h"

/* The key within, as the library reads it: nothing about it is checked. NULL: `der` is not exactly
 * one of this form. */
OST_MUST_CHECK EVP_PKEY *der_read(der_form form, ost_text der);

/* A key of ours, checked like one from a JWK. Errors as ost_key_import_der. */
OST_MUST_CHECK ost_result key_from_der(der_form form, ost_text der, ost_alg alg, const char *kid,
                                       ost_key **ret_key, ost_error *error);

#endif
