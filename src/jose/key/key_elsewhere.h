/* SPDX-License-Identifier: Apache-2.0 */
/* Keys whose private part somebody else holds. */
#ifndef KEY_ELSEWHERE_H
#define KEY_ELSEWHERE_H

#include "jose/key/key_signer.h"

/* A key of a public JWK with which `signer` signs. */
OST_MUST_CHECK ost_result key_import_elsewhere(ost_text public_jwk, const key_signer *signer,
                                               ost_key **ret_key, ost_error *error);

#endif
