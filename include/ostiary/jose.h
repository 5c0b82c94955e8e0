/* SPDX-License-Identifier: Apache-2.0 */
/* JOSE as a whole: keys, signatures, encryption, JSON Web Tokens, strictly (RFC 8725). Pure: no
 * I/O, no clock, no state between calls but reusable contexts of the cryptographic library. */
#ifndef OSTIARY_JOSE_H
#define OSTIARY_JOSE_H

#include <ostiary/jwe.h>
#include <ostiary/jws.h>
#include <ostiary/jwt.h>
#include <ostiary/key.h>

#endif
