/* SPDX-License-Identifier: Apache-2.0 */
/* Signing keys that never leave a device. */
#ifndef PKCS11_KEY_H
#define PKCS11_KEY_H

#include <ostiary/jose.h>

#include "provider/pkcs11/pkcs11_module.h"

/* The public JWK of the key pair that the URI names (pkcs11_object.h), without kid, use and alg; in
 * the arena. OST_E_UNSUPPORTED: no token is signed with keys of its kind. */
OST_MUST_CHECK ost_result pkcs11_key_public(pkcs11_module *module, ost_text uri, ost_arena *arena,
                                            ost_text *ret_jwk, ost_error *error);

/* A key of that public JWK which the device signs with. Each signature is verified before it is
 * given away. A device that fails makes it OST_E_BUSY: whoever asks again is answered once the
 * device is back. The module outlives the key. */
OST_MUST_CHECK ost_result pkcs11_key_open(pkcs11_module *module, ost_text uri, ost_text public_jwk,
                                          ost_key **ret_key, ost_error *error);

#endif
