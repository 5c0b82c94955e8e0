/* Signatures (RFC 7515). Pure: no I/O, no clock. */
#ifndef OSTIARY_JWS_H
#define OSTIARY_JWS_H

#include <ostiary/key.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The parts of a compact token after the strict reading of its header, before any verification.
 * Nothing here may be believed; only `alg` and `kid` are for choosing a key. Borrows from the
 * token and the arena. */
typedef struct ost_unverified_jws {
    ost_text token;
    ost_text signing_input;     /* header "." payload, as transmitted */
    ost_text payload_encoded;   /* base64url */
    ost_text signature_encoded; /* base64url, never empty */
    const ost_json *header;
    ost_alg alg;
    ost_text kid; /* empty when absent */
    ost_text typ; /* empty when absent */
} ost_unverified_jws;

/* Splits and reads a compact JWS (RFC 7515 §3.1, §5.2 steps 1–5): exactly three parts, strict
 * base64url and JSON, `crit`, `b64`, `zip` and `enc` refused, `alg` known and within `accepted`,
 * kid of at most 256 bytes. At most 64 KiB (OST_E_CEILING), 8 KiB of them header.
 * OST_E_TOKEN_FORMAT, OST_E_ALGORITHM, OST_E_CRITICAL. An arena of 1 MiB is enough for this, the
 * verification and the claims of any token; a smaller one may give OST_E_MEMORY. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_read_unverified(ost_text token, ost_algs accepted,
                                                             ost_arena *arena,
                                                             ost_unverified_jws *ret_jws,
                                                             ost_error *ret_error);

/* True when a header's `typ` is the media type `expected`, written without "application/": case
 * does not matter, and the prefix may be there (RFC 7515 §4.1.9). */
OST_PUBLIC bool ost_typ_is(ost_text typ, const char *expected);

/* Checks the signature with `key` (which must serve jws->alg) and hands out the decoded payload,
 * which lives in the arena. OST_E_SIGNATURE for every mismatch; OST_E_TOKEN_FORMAT where payload or
 * signature are not strict base64url. Any thread; allocates nothing beyond the arena once this
 * thread has used the key with the algorithm. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_verify(const ost_unverified_jws *jws,
                                                    const ost_key *key, ost_arena *arena,
                                                    ost_text *ret_payload);

/* Signs `payload` as a compact JWS with the key's kid in the header, and `typ` when not NULL.
 * The token lives in the arena. OST_E_KEY_USE: no private part, or the key does not serve `alg`.
 * Any thread; RSA-2048 takes about 0.2 ms. */
OST_PUBLIC OST_MUST_CHECK ost_result ost_jws_sign(ost_text payload, const ost_key *key, ost_alg alg,
                                                  const char *typ, ost_arena *arena,
                                                  ost_text *ret_token);

#ifdef __cplusplus
}
#endif

#endif
