/* SPDX-License-Identifier: Apache-2.0 */
/* Keys within devices by name: the URIs of RFC 7512. */
#ifndef PKCS11_OBJECT_H
#define PKCS11_OBJECT_H

#include "provider/pkcs11/pkcs11_session.h"

#define PKCS11_URI_MAX 1024
#define PKCS11_ID_MAX 256

typedef struct pkcs11_object {
    CK_SLOT_ID slot;
    CK_OBJECT_HANDLE handle; /* of the private key; good while the module is initialized */
    size_t id_len;
    unsigned char id[PKCS11_ID_MAX]; /* what its public key has, too */
} pkcs11_object;

/* The one private key that the URI names: "pkcs11:token=…;object=…", with "id", "serial" and what
 * else tells tokens and objects apart. A URI that brings a PIN or names a module is refused: both
 * are the configuration's. OST_E_FORMAT: it is no such URI; OST_E_NOT_FOUND, OST_E_CONFLICT: it
 * names none, or several; OST_E_BUSY: the device does not answer. */
OST_MUST_CHECK ost_result pkcs11_object_find(pkcs11_module *module, ost_text uri,
                                             pkcs11_object *ret_object, ost_error *error);

#endif
