/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of devices among the realm's keys: their rows have the public half, and where the private
 * one is. */
#ifndef PKCS11_ROW_H
#define PKCS11_ROW_H

#include "store/realm/store_key.h"

/* Fills jwk and kid of a row for the key pair of a device: `public_jwk` and the pkcs11 URI that
 * names its private key (RFC 7512); the row names the rest. OST_E_KEY_USE: keys of its kind do not
 * serve the algorithm. */
OST_MUST_CHECK ost_result pkcs11_row_fill(ost_text public_jwk, ost_text uri, ost_arena *arena,
                                          store_key *row);
/* The URI of the device's key; empty: the private key is in the row. */
ost_text pkcs11_row_uri(const store_key *row, ost_arena *arena);
bool pkcs11_row_is(const store_key *row);

#endif
