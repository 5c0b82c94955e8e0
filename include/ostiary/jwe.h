/* SPDX-License-Identifier: Apache-2.0 */
/* Encryption (RFC 7516): compact and JSON, one recipient or several. Pure: no I/O, no clock.
 *
 * Whatever goes wrong with a key or a ciphertext is one error, OST_E_DECRYPTION, found out in the
 * same time: who sends the ciphertext learns nothing from it (RFC 7516 §11.5). */
#ifndef OSTIARY_JWE_H
#define OSTIARY_JWE_H

#include <ostiary/key.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- content encryption (RFC 7518 §5.1) ---- */

/* The registered content encryptions. Numbers are never changed. */
typedef enum ost_enc {
    OST_ENC_UNSET = 0,
    OST_A128CBC_HS256,
    OST_A192CBC_HS384,
    OST_A256CBC_HS512,
    OST_A128GCM,
    OST_A192GCM,
    OST_A256GCM,
} ost_enc;

/* A set of them, one bit each; the zero set means all. */
typedef uint32_t ost_encs;
#define OST_ENC_BIT(enc) ((ost_encs)1 << (enc))

/* "A128GCM" and back, exactly as registered; anything unknown: "none" and OST_ENC_UNSET. */
OST_PUBLIC const char *ost_enc_name(ost_enc enc);
OST_PUBLIC ost_enc ost_enc_of(ost_text name);

/* ---- decryption ---- */

/* What an encrypted text may be made of. All zero: every algorithm but OST_INSECURE_RSA1_5, nothing
 * compressed. */
typedef struct ost_jwe_rules {
    ost_algs algorithms;      /* 0: OST_ALGS_ENCRYPTION */
    ost_encs encs;            /* 0: all */
    size_t inflate_max;       /* bytes that `zip` may come to; 0: compressed content is refused
                                 (RFC 8725 §3.6) */
    unsigned pbes2_count_max; /* rounds of PBES2; 0: 1,000,000, about half a second */
} ost_jwe_rules;

/* The parts of a compact JWE after the strict reading of its header, before any decryption. Nothing
 * here may be believed. Borrows from the token and the arena. */
typedef struct ost_unverified_jwe {
    const ost_json *header;
    ost_alg alg;
    ost_enc enc;
    ost_text kid, typ, cty; /* empty when absent */
} ost_unverified_jwe;

/* Exactly five parts, strict base64url and JSON, `crit` refused, `alg` and `enc` known and
 * accepted. At most 64 KiB, 8 KiB of them header. `rules` may be NULL: all zero. Any thread.
 * Errors: OST_E_CEILING, OST_E_TOKEN_FORMAT, OST_E_ALGORITHM, OST_E_CRITICAL, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwe_read_unverified(ost_text token,
                                                             const ost_jwe_rules *rules,
                                                             ost_arena *arena,
                                                             ost_unverified_jwe *ret_jwe,
                                                             ost_error *error);

/* What was decrypted. The content is what somebody encrypted who has the public key or shares the
 * secret: with a public key that is anybody. Lives in the arena, borrows from the input. */
typedef struct ost_decrypted {
    ost_text content;
    const ost_json *header; /* the protected one, which may be believed as far as the content */
    ost_alg alg;
    ost_enc enc;
    ost_text kid;       /* empty when absent; may come from an unprotected header */
    ost_text typ, cty;  /* of the protected header; empty when absent */
    ost_text aad;       /* additional authenticated data of a JSON serialization */
    const ost_key *key; /* that fitted; of the set */
    size_t recipient;   /* which one it was; 0 in the compact serialization */
} ost_decrypted;

/* Decrypts a compact JWE (RFC 7516 §5.2) with the one private or shared key of the set that its
 * `kid` and `alg` name; without a kid exactly one must fit. `rules` may be NULL: all zero. The
 * arena needs four times the token, three times inflate_max, and 64 KiB. Any thread. Errors: those
 * of ost_jwe_read_unverified, OST_E_KEY_UNKNOWN, OST_E_KEY_AMBIGUOUS, OST_E_KEY_USE,
 * OST_E_DECRYPTION (everything that is wrong with what is encrypted). */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwe_decrypt(ost_text token, const ost_keyset *keys,
                                                     const ost_jwe_rules *rules, ost_arena *arena,
                                                     ost_decrypted *ret_decrypted,
                                                     ost_error *error);

/* The same of the JSON serialization, general or flattened (RFC 7516 §7.2), of at most 1 MiB and 16
 * recipients: the first one whose key is in the set and fits. `zip` must be protected, `enc` is of
 * all recipients, and no name may stand in two headers, of which unprotected ones have 64 members
 * at most. Instead of 64 KiB the arena needs 512. Errors: those of ost_jwe_decrypt. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwe_json_decrypt(ost_text json, const ost_keyset *keys,
                                                          const ost_jwe_rules *rules,
                                                          ost_arena *arena,
                                                          ost_decrypted *ret_decrypted,
                                                          ost_error *error);

/* ---- encryption ---- */

/* What may be said besides; all zero: nothing. */
typedef struct ost_jwe_options {
    const char *typ, *cty; /* NULL: left out; cty "JWT" for a nested token */
    ost_text apu, apv;     /* parties of ECDH-ES, raw; 512 bytes at most each */
    unsigned pbes2_count;  /* 0: 300,000 rounds, the most that some readers take; 1,000 at least */
    bool deflate;          /* `zip`: tells about the content by the length of what is sent */
    ost_text aad;          /* JSON serialization only */
} ost_jwe_options;

/* Encrypts `content` for one key, which must serve `alg`, as a compact JWE with the key's kid.
 * `options` may be NULL. The token lives in the arena. Any thread. Errors: OST_E_ALGORITHM
 * (OST_INSECURE_RSA1_5, which is never written), OST_E_ARGUMENT (an option that does not go with
 * the algorithm), OST_E_KEY_USE, OST_E_CRYPTO, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwe_encrypt(ost_text content, const ost_key *key,
                                                     ost_alg alg, ost_enc enc,
                                                     const ost_jwe_options *options,
                                                     ost_arena *arena, ost_text *ret_token,
                                                     ost_error *error);

/* Whom a text is encrypted for, and how the key to it is wrapped for this one. */
typedef struct ost_recipient {
    const ost_key *key;
    ost_alg alg;
} ost_recipient;

/* The same for several recipients (16 at most), as general JSON serialization; for one recipient
 * flattened. OST_DIR and OST_ECDH_ES, which share no key, are for one recipient alone. Errors:
 * those of ost_jwe_encrypt. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jwe_json_encrypt(
    ost_text content, const ost_recipient *recipients, size_t count, ost_enc enc,
    const ost_jwe_options *options, ost_arena *arena, ost_text *ret_json, ost_error *error);

/* ---- a secret by itself ---- */

/* Encrypts a secret of at most 2 KiB for one key, without a message around it: with OST_A128KW and
 * its like (RFC 3394) whole 8 bytes, 16 or more; with OST_RSA_OAEP and OST_RSA_OAEP_256 what fits
 * the key. In the arena. Any thread. Errors: OST_E_ARGUMENT (no such length), OST_E_CRYPTO (more
 * than fits the key), OST_E_KEY_USE (any other algorithm, or a key that does not serve it),
 * OST_E_CEILING, OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_secret_wrap(ost_text secret, const ost_key *key,
                                                     ost_alg alg, ost_arena *arena,
                                                     ost_text *ret_wrapped);
/* The reverse. Errors: OST_E_DECRYPTION (whatever is wrong with what was wrapped), and as above. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_secret_unwrap(ost_text wrapped, const ost_key *key,
                                                       ost_alg alg, ost_arena *arena,
                                                       ost_text *ret_secret);

#ifdef __cplusplus
}
#endif

#endif
