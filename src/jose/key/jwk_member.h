/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the binary members of a JWK. */
#ifndef JWK_MEMBER_H
#define JWK_MEMBER_H

#include <openssl/bn.h>

#include <ostiary/json.h>

/* The member, or NULL; one that is null counts as absent, for many issuers write all members of a
 * form that they fill in. */
const ost_json *jwk_get(const ost_json *jwk, const char *name);

/* The bytes of the base64url member `name`, at most `max` of them. OST_E_KEY_FORMAT: absent, not a
 * string, not strict base64url, empty, too long. */
OST_MUST_CHECK ost_result jwk_bytes(const ost_json *jwk, const char *name, size_t max,
                                    unsigned char *ret, size_t *ret_len, ost_error *error);

/* As above, for members whose length is fixed (RFC 7518 §6.2.1.2, RFC 8037 §2). */
OST_MUST_CHECK ost_result jwk_bytes_exactly(const ost_json *jwk, const char *name, size_t len,
                                            unsigned char *ret, ost_error *error);

/* A number that may be secret: marked so that OpenSSL wipes its copies, too. NULL: out of memory.
 */
OST_MUST_CHECK BIGNUM *secret_integer(const unsigned char *bytes, size_t len);

/* A Base64urlUInt (RFC 7518 §2) of at most 16384 bits; free with BN_clear_free. The one leading
 * zero byte that §6.3.1.1 warns of is tolerated, more are not. */
OST_MUST_CHECK ost_result jwk_integer(const ost_json *jwk, const char *name, BIGNUM **ret_integer,
                                      ost_error *error);

#endif
