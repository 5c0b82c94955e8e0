/* SPDX-License-Identifier: Apache-2.0 */
/* Algorithms, keys (RFC 7517, RFC 7518 §6, RFC 8037) and sets of keys. A key knows its algorithms
 * from the moment it is imported; no call takes raw bytes together with a token's own "alg". */
#ifndef OSTIARY_KEY_H
#define OSTIARY_KEY_H

#include <ostiary/json.h>
#include <ostiary/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- algorithms ---- */

/* The registered algorithms (RFC 7518 §3.1 and §4.1, RFC 8037, RFC 8812, RFC 9864). Numbers are
 * never changed; signatures stand below 32, key management of encrypted tokens from 32 on. */
typedef enum ost_alg {
    OST_ALG_UNSET = 0, /* no algorithm; never accepted */
    OST_RS256,
    OST_RS384,
    OST_RS512,
    OST_PS256,
    OST_PS384,
    OST_PS512,
    OST_ES256,
    OST_ES384,
    OST_ES512,
    OST_EDDSA, /* Ed25519 and Ed448 (RFC 8037) */
    OST_HS256,
    OST_HS384,
    OST_HS512,
    OST_ES256K,  /* secp256k1 (RFC 8812); needs to be asked for by name */
    OST_ED25519, /* EdDSA on one curve alone (RFC 9864); accepted wherever OST_EDDSA is */
    OST_ED448,

    OST_RSA_OAEP = 32, /* with SHA-1 and MGF1, as registered; sound all the same */
    OST_RSA_OAEP_256,
    OST_A128KW,
    OST_A192KW,
    OST_A256KW,
    OST_DIR,
    OST_ECDH_ES,
    OST_ECDH_ES_A128KW,
    OST_ECDH_ES_A192KW,
    OST_ECDH_ES_A256KW,
    OST_A128GCMKW,
    OST_A192GCMKW,
    OST_A256GCMKW,
    OST_PBES2_HS256_A128KW,
    OST_PBES2_HS384_A192KW,
    OST_PBES2_HS512_A256KW,
    OST_INSECURE_RSA1_5, /* Bleichenbacher's: only where nothing else can be had */
    OST_RSA_OAEP_384, /* this and the next as WebCrypto registered them: MGF1 with the same hash */
    OST_RSA_OAEP_512,
} ost_alg;

/* A set of algorithms, one bit each. The zero set means OST_ALGS_DEFAULT (for encrypted tokens
 * OST_ALGS_ENCRYPTION) wherever it is given. */
typedef uint64_t ost_algs;
#define OST_ALG_BIT(alg) ((ost_algs)1 << (alg))
/* Every asymmetric signature of general use; HS and ES256K need to be asked for by name. */
#define OST_ALGS_DEFAULT ((ost_algs)(OST_ALG_BIT(OST_HS256) - OST_ALG_BIT(OST_RS256)))
/* Every signature. */
#define OST_ALGS_SIGNATURE ((ost_algs)(OST_ALG_BIT(OST_ED448 + 1) - OST_ALG_BIT(OST_RS256)))
/* Every key management but OST_INSECURE_RSA1_5. */
#define OST_ALGS_ENCRYPTION                                                                        \
    ((ost_algs)((OST_ALG_BIT(OST_RSA_OAEP_512 + 1) - OST_ALG_BIT(OST_RSA_OAEP)) &                  \
                ~OST_ALG_BIT(OST_INSECURE_RSA1_5)))

/* "RS256" and back, exactly as registered (RFC 7518 §3.1). "none" and anything unknown:
 * OST_ALG_UNSET. Any thread. */
OST_PUBLIC const char *ost_alg_name(ost_alg alg);
OST_PUBLIC ost_alg ost_alg_of(ost_text name);

/* ---- keys ---- */

/* One key: immutable, reference-counted, usable from any thread. */
typedef struct ost_key ost_key;

/* `kty` (RFC 7518 §6.1, RFC 8037 §2). */
typedef enum ost_key_type { OST_KEY_RSA, OST_KEY_EC, OST_KEY_OKP, OST_KEY_OCT } ost_key_type;

/* Imports one JWK, public or private. `alg` in the JWK binds the key to that algorithm; without
 * it the key serves every algorithm of its type and curve that `use` and `key_ops` allow, and a
 * secret without any of the three serves HMAC alone. A key for encryption never serves a
 * signature, nor the reverse. Curves: P-256, P-384, P-521, secp256k1 (signatures only), Ed25519,
 * Ed448, X25519, X448. Secrets: HMAC's of at least 32 bytes and the hash of their alg, wrapping
 * keys of exactly their size, passwords (PBES2, bound only) of at least 8 bytes; `alg` may name the
 * content encryption, as in RFC 7520 §3.6, and then binds to OST_DIR with that one alone.
 * At most 64 KiB, and a kid of 256 bytes. A certificate makes no key more trusted; x5u is not
 * looked at. The text is not kept. Errors: OST_E_KEY_WEAK (RSA under 2048 or over 16384 bits, even
 * e or e < 3 or over 64 bits, a modulus with a factor up to 751 or the fingerprint of ROCA,
 * off-curve and small-order points, short secrets), OST_E_KEY_FORMAT (anything malformed or
 * self-contradicting: alg of another type, curve or use, key_ops for signatures and other things, a
 * private part that does not belong to the public one, an x5c whose first certificate holds another
 * key, or an x5t or x5t#S256 beside it that is not its digest), OST_E_KEY_USE (use or key_ops say
 * that it is for something else), OST_E_UNSUPPORTED (unknown kty, crv or alg, RSA of more than two
 * primes), OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_jwk(ost_text jwk, ost_key **ret_key,
                                                        ost_error *error);
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_json(const ost_json *jwk, ost_key **ret_key,
                                                         ost_error *error);

/* A secret bound to one algorithm: HMAC, key wrapping, OST_DIR, or a password for PBES2 (copied,
 * wiped on free). `kid` may be NULL. Errors: OST_E_KEY_WEAK (shorter than it must be, which for
 * HMAC is the hash, RFC 7518 §3.2), OST_E_KEY_FORMAT (longer than a wrapping key is, or for an
 * algorithm that takes none), OST_E_CEILING (over 1 KiB), OST_E_ARGUMENT, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_secret(ost_text secret, ost_alg alg,
                                                           const char *kid, ost_key **ret_key,
                                                           ost_error *error);

/* Makes a new private key for `alg`: RSA of `bits`, an even number (0: 2048), EC on the algorithm's
 * curve (P-256 for ECDH-ES), Ed25519, or a random secret of the length the algorithm asks for
 * (OST_DIR: `bits`, 0: 256). Its kid is its thumbprint when `kid` is NULL. RSA takes a fifth of a
 * second. Errors: OST_E_ARGUMENT (no algorithm, or no such size), OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_generate(ost_alg alg, unsigned bits, const char *kid,
                                                      ost_key **ret_key, ost_error *error);

/* The same on a curve of the caller's choice, by its `crv`: "Ed448" for OST_EDDSA; "P-384",
 * "P-521", "X25519", "X448" for ECDH-ES. Errors: OST_E_ARGUMENT (the algorithm has no such curve),
 * OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_generate_curve(ost_alg alg, const char *curve,
                                                            const char *kid, ost_key **ret_key,
                                                            ost_error *error);

/* One reference more, and one less: each one made or taken is given back. */
OST_PUBLIC ost_key *ost_key_ref(ost_key *key);
OST_PUBLIC void ost_key_unref(ost_key *key); /* NULL is fine; the last one wipes */

/* What the key is (of NULL: the first type); whether it holds a private part, as a secret always
 * does; whether it may be used with `alg`, in the way that it can be: a public key verifies and
 * encrypts; its size: of the modulus, the curve, or the secret. */
OST_PUBLIC ost_key_type ost_key_type_of(const ost_key *key);
OST_PUBLIC ost_text ost_key_kid(const ost_key *key); /* empty when it has none */
OST_PUBLIC bool ost_key_is_private(const ost_key *key);
OST_PUBLIC bool ost_key_serves(const ost_key *key, ost_alg alg);
OST_PUBLIC unsigned ost_key_bits(const ost_key *key);

/* Writes the JWK as one JSON object: public members only, or all of them. `alg`, `use` and `kid`
 * are included when known. Errors: OST_E_KEY_USE (the key has no such part), OST_E_CRYPTO,
 * OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_export_public(const ost_key *key,
                                                           ost_json_writer *writer);
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_export_private(const ost_key *key,
                                                            ost_json_writer *writer);

/* The SHA-256 thumbprint (RFC 7638, RFC 8037 §2), 43 base64url characters and a NUL.
 * Errors: OST_E_ARGUMENT, OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_thumbprint(const ost_key *key, char ret[44]);

/* The thumbprint as a URI (RFC 9278), "urn:ietf:params:oauth:jwk-thumbprint:sha-256:…", by SHA-2 of
 * `hash_bits`: 256 (or 0), 384, 512. In the arena. Errors: OST_E_ARGUMENT (another number),
 * OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_thumbprint_uri(const ost_key *key, unsigned hash_bits,
                                                            ost_arena *arena, ost_text *ret_uri);

/* ---- PEM, DER and certificates ---- */

/* Imports one key from PEM (RFC 7468): "PUBLIC KEY", "PRIVATE KEY" (PKCS #8; the public half may
 * stand beside it, and must be its own), "RSA PUBLIC KEY", "RSA PRIVATE KEY" (PKCS #1), "EC PRIVATE
 * KEY" (SEC 1), or "CERTIFICATE", of which nothing but its key is taken and nothing is verified.
 * Text around the block, an "EC PARAMETERS" block before it and more certificates behind the first
 * are passed over; any other block more is refused. `alg` binds the key (OST_ALG_UNSET: it serves
 * all of its type); `kid` may be NULL. At most 64 KiB. Takes a quarter of a millisecond. Errors:
 * those of a JWK, OST_E_KEY_AMBIGUOUS (more than one key), OST_E_CEILING, OST_E_UNSUPPORTED
 * (encrypted keys, as nothing ever asks for a password; curves given by their parameters, RSA-PSS
 * and other types). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_pem(ost_text pem, ost_alg alg, const char *kid,
                                                        ost_key **ret_key, ost_error *error);

/* The same from the DER of any of these forms, and nothing behind it. Errors: the same. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_import_der(ost_text der, ost_alg alg, const char *kid,
                                                        ost_key **ret_key, ost_error *error);

/* Text in lines between BEGIN and END, or binary. */
typedef enum ost_key_form { OST_KEY_PEM, OST_KEY_DER } ost_key_form;

/* The public half as SubjectPublicKeyInfo (RFC 5280 §4.1), and the private key as PKCS #8 (RFC
 * 5958), not encrypted. In the arena. Errors: OST_E_KEY_USE (the key has no such half),
 * OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_export_spki(const ost_key *key, ost_key_form form,
                                                         ost_arena *arena, ost_text *ret_text);
OST_PUBLIC OST_MUST_CHECK ost_result ost_key_export_pkcs8(const ost_key *key, ost_key_form form,
                                                          ost_arena *arena, ost_text *ret_text);

/* ---- key sets ---- */

/* Keys parsed once, immutable after import, reference-counted, usable from any thread. For an EC
 * key of a set that verifies often, a thread of the library's makes a table in the background once,
 * with which it verifies faster: of all keys together at most 8 MiB. */
typedef struct ost_keyset ost_keyset;

/* Imports a JWK Set (RFC 7517 §5) of at most `max_keys` (0: 100) entries and 256 KiB. Keys that
 * cannot serve a signature (other kty, crv, use "enc") are passed over, as §5 tells; weak or
 * malformed ones too. All of these are counted in *ret_skipped (may be NULL). A key that is listed
 * once more just as it is counts once; others may share a kid (§4.5). Errors: OST_E_KEY_USE (the
 * set holds a symmetric or private key, which is never in a published one), OST_E_KEY_UNKNOWN (no
 * usable key is left), OST_E_KEY_FORMAT, OST_E_CEILING, OST_E_MEMORY. / */
OST_PUBLIC OST_MUST_CHECK ost_result ost_keyset_import(ost_text jwks, size_t max_keys,
                                                       ost_keyset **ret_keyset, size_t *ret_skipped,
                                                       ost_error *error);

/* A set of the given keys, each of which gains a reference. Symmetric and private keys allowed.
 * What a set is given back by is ost_keyset_unref; ost_keyset_at is borrowed from the set, NULL
 * behind the last. Errors: OST_E_KEY_AMBIGUOUS (two of one type share a kid), OST_E_ARGUMENT (one
 * is NULL), OST_E_MEMORY. / */
OST_PUBLIC OST_MUST_CHECK ost_result ost_keyset_new(ost_key *const *keys, size_t count,
                                                    ost_keyset **ret_keyset);
OST_PUBLIC ost_keyset *ost_keyset_ref(ost_keyset *keyset);
OST_PUBLIC void ost_keyset_unref(ost_keyset *keyset);
OST_PUBLIC size_t ost_keyset_count(const ost_keyset *keyset);
OST_PUBLIC const ost_key *ost_keyset_at(const ost_keyset *keyset, size_t index);

/* The one key for a token's header: by kid when the token has one, and by type, curve, use, key_ops
 * and alg always. Without a kid, exactly one key must fit. Borrowed from the set. Errors:
 * OST_E_KEY_UNKNOWN, OST_E_KEY_AMBIGUOUS, OST_E_KEY_USE (the key of that kid may not verify `alg`).
 */
OST_PUBLIC OST_MUST_CHECK ost_result ost_keyset_find(const ost_keyset *keyset, ost_text kid,
                                                     ost_alg alg, const ost_key **ret_key);

#ifdef __cplusplus
}
#endif

#endif
