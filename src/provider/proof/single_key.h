/* SPDX-License-Identifier: Apache-2.0 */
/* A public key that stands by itself in a representation: PEM, or what is between its lines. */
#ifndef SINGLE_KEY_H
#define SINGLE_KEY_H

#include <ostiary/jose.h>

/* A set of the one key of a block: a public key or a certificate, as PEM or as the base64 of its
 * DER. NULL: there is none, or it cannot be read, or it is private. The caller's. */
ost_keyset *single_key_read(ost_text block, ost_arena *arena);

#endif
