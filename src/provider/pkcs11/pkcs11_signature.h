/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of JOSE by the mechanisms of PKCS#11. */
#ifndef PKCS11_SIGNATURE_H
#define PKCS11_SIGNATURE_H

#include <p11-kit/pkcs11.h>

#include <ostiary/jose.h>

/* Signs with the object in the session, into exactly `size` bytes. What hashes can be made here is
 * hashed here: the bare mechanisms are what small devices have, too. CKR_GENERAL_ERROR: no hash
 * could be made, or what came back is of another size. */
OST_MUST_CHECK CK_RV pkcs11_signature_make(CK_FUNCTION_LIST *functions, CK_SESSION_HANDLE session,
                                           CK_OBJECT_HANDLE object, ost_alg alg, ost_text input,
                                           unsigned char *ret, size_t size);

#endif
