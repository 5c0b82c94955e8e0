/* SPDX-License-Identifier: Apache-2.0 */
/* Words every other header uses: borrowed text, results, errors, arenas, and the context
 * through which time and randomness come in. */
#ifndef OSTIARY_TYPES_H
#define OSTIARY_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define OST_MUST_CHECK __attribute__((warn_unused_result))
#define OST_PUBLIC __attribute__((visibility("default")))
#define OST_PRINTF(string, first) __attribute__((__format__(__printf__, string, first)))
#else
#define OST_MUST_CHECK
#define OST_PUBLIC
#define OST_PRINTF(string, first)
#endif

/* What holds for every function that does not say otherwise:
 *
 * - Results. What can fail returns an ost_result, NULL or false, and compilers want it looked at.
 *   Outputs come last, are called `ret_…`, and are untouched on failure. `error` may be NULL;
 *   it is filled on failure and untouched on success.
 * - Missing arguments. A pointer that is needed and NULL is OST_E_ARGUMENT, or OST_E_CONFIG where
 *   the rules lack something; a number that no enumeration has is refused as well. Functions that
 *   tell something about an object say of NULL that it has nothing: false, 0, an empty text, NULL.
 *   An arena or a writer that is NULL is one that has no memory, so that OST_E_MEMORY comes where
 *   it would have been needed. Whatever frees takes NULL.
 * - Ownership. What goes in is borrowed until the function returns; where it is kept it is copied,
 *   or gains a reference. What comes out lives in the arena that was given, until that is reset or
 *   freed, and may borrow from what was read; or it belongs to the object it came from.
 * - Threads. Guards, keys and key sets: any number of threads at once. An arena, a writer, and what
 *   lives in them: one thread at a time. Nothing waits for anything but where it says so.
 * - Units. Times are seconds since 1970-01-01 UTC, durations are seconds, sizes are bytes.
 *   A `const char *` is terminated by NUL; an ost_text need not be, and may hold any byte. Text is
 *   UTF-8.
 * - Structs. Begin with all zero, name the members that are set (`{.issuer = …}`), and leave the
 *   others: zero is the strict default. Their layout is fixed for one soname. */

/* Borrowed bytes: not owned, not necessarily terminated by NUL. `data` may be NULL only when `len`
 * is 0. Valid as long as whatever it was borrowed from. */
typedef struct ost_text {
    const char *data;
    size_t len;
} ost_text;

/* The text of a string literal: in a function, and where a static object is initialized. */
#ifdef __cplusplus
#define OST_TEXT(literal) (ost_text{("" literal), sizeof(literal) - 1})
#else
#define OST_TEXT(literal) ((ost_text){("" literal), sizeof(literal) - 1})
#endif
#define OST_TEXT_INIT(literal)                                                                     \
    {                                                                                              \
        ("" literal), sizeof(literal) - 1                                                          \
    }

/* The text up to the NUL of `string`, borrowed; empty for NULL. */
OST_PUBLIC ost_text ost_text_of(const char *string);

/* For "%.*s": OST_FORMAT(text) gives the length and the data. */
#define OST_FORMAT(text) (int)(text).len, (text).data

/* Every error there is: a stable code, the category it belongs to, and a sentence for a human.
 * Codes are never renumbered; new ones are added at the end of their category.
 *
 * Categories: usage (the caller's mistake), resource (memory, disk, ceilings), input (bytes that
 * cannot be read), key, token (well-formed, but refused), remote (another party), store. */
#define OST_RESULTS(X)                                                                             \
    X(OST_OK, 0, none, "no error")                                                                 \
    X(OST_E_ARGUMENT, 100, usage, "an argument is missing or out of range")                        \
    X(OST_E_CONFIG, 101, usage, "the configuration is incomplete or contradicts itself")           \
    X(OST_E_STATE, 102, usage, "the call does not fit the state of the object")                    \
    X(OST_E_UNSUPPORTED, 103, usage, "not supported")                                              \
    X(OST_E_MEMORY, 200, resource, "out of memory")                                                \
    X(OST_E_CEILING, 201, resource, "a ceiling on size, depth or number was reached")              \
    X(OST_E_BUSY, 202, resource, "too much work is already waiting")                               \
    X(OST_E_SYSTEM, 203, resource, "the operating system refused")                                 \
    X(OST_E_CRYPTO, 204, resource, "the cryptographic library failed")                             \
    X(OST_E_BASE64, 300, input, "not strict base64url")                                            \
    X(OST_E_JSON, 301, input, "not strict JSON")                                                   \
    X(OST_E_UTF8, 302, input, "not valid UTF-8")                                                   \
    X(OST_E_FORMAT, 303, input, "the input does not have the expected form")                       \
    X(OST_E_KEY_FORMAT, 400, key, "the key cannot be read")                                        \
    X(OST_E_KEY_WEAK, 401, key, "the key is too weak")                                             \
    X(OST_E_KEY_UNKNOWN, 402, key, "no key fits")                                                  \
    X(OST_E_KEY_AMBIGUOUS, 403, key, "more than one key fits")                                     \
    X(OST_E_KEY_USE, 404, key, "the key may not be used for this")                                 \
    X(OST_E_TOKEN_FORMAT, 500, token, "the token is malformed")                                    \
    X(OST_E_ALGORITHM, 501, token, "the algorithm is not accepted")                                \
    X(OST_E_CRITICAL, 502, token, "the header names a critical extension that is not understood")  \
    X(OST_E_SIGNATURE, 503, token, "the signature does not match")                                 \
    X(OST_E_ISSUER, 504, token, "the issuer is not accepted")                                      \
    X(OST_E_AUDIENCE, 505, token, "the token is meant for another audience")                       \
    X(OST_E_EXPIRED, 506, token, "the token has expired")                                          \
    X(OST_E_NOT_YET, 507, token, "the token is not valid yet")                                     \
    X(OST_E_CLAIM_MISSING, 508, token, "a required claim is missing")                              \
    X(OST_E_CLAIM_TYPE, 509, token, "a claim has the wrong type or value")                         \
    X(OST_E_TOKEN_TYPE, 510, token, "the token is of another type")                                \
    X(OST_E_CLIENT, 511, token, "the token was issued to a client that is not accepted")           \
    X(OST_E_SCOPE, 512, token, "the token lacks a scope")                                          \
    X(OST_E_ROLE, 513, token, "the token lacks a role")                                            \
    X(OST_E_STEP_UP, 514, token, "a stronger or fresher login is needed")                          \
    X(OST_E_SENDER, 515, token, "the token is bound to another sender")                            \
    X(OST_E_DECRYPTION, 516, token, "the encrypted content cannot be decrypted")                   \
    X(OST_E_INACTIVE, 517, token, "the issuer says that the token is not active")                  \
    X(OST_E_REVOKED, 518, token, "the token has been revoked")                                     \
    X(OST_E_STATUS, 519, token, "the token's status is not valid")                                 \
    X(OST_E_PROOF, 520, token, "the proof of possession is not valid for this request")            \
    X(OST_E_PROOF_NONCE, 521, token, "the proof of possession needs a nonce of this server")       \
    X(OST_E_CLAIM, 522, token, "a claim does not say what is asked for here")                      \
    X(OST_E_TOKEN_MISSING, 523, token, "no token came")                                            \
    X(OST_E_REMOTE, 600, remote, "the other side did not answer as it should")                     \
    X(OST_E_TIMEOUT, 601, remote, "the other side did not answer in time")                         \
    X(OST_E_REDIRECT, 602, remote, "the other side answered with a redirect")                      \
    X(OST_E_TLS, 603, remote, "the secure connection failed")                                      \
    X(OST_E_STORE, 700, store, "the store failed")                                                 \
    X(OST_E_NOT_FOUND, 701, store, "there is no such entry")                                       \
    X(OST_E_CONFLICT, 702, store, "such an entry exists already")                                  \
    X(OST_E_SCHEMA, 703, store, "the store was written by a newer program")

/* Every code by its name. Success is 0. */
typedef enum ost_result {
#define OST_RESULT_ENUM(name, number, category, sentence) name = (number),
    OST_RESULTS(OST_RESULT_ENUM)
#undef OST_RESULT_ENUM
} ost_result;

/* The code's stable name ("OST_E_SIGNATURE"), its category ("token") and its sentence.
 * Static strings; "unknown" for a number that is not a code. Any thread. */
OST_PUBLIC const char *ost_result_name(ost_result result);
OST_PUBLIC const char *ost_result_category(ost_result result);
OST_PUBLIC const char *ost_result_sentence(ost_result result);

/* An error with what was expected and what was seen: for the operator, not for the client.
 * `detail` is UTF-8, terminated, possibly empty, cut when too long; never holds a secret or a
 * whole token. Functions that take an `ost_error *error` accept NULL. */
typedef struct ost_error {
    ost_result code;
    char detail[256];
} ost_error;

/* Fills *error (may be NULL) and returns `code`, so that a refusal is one line:
 *     return ost_error_set(error, OST_E_FORMAT, "line %zu: …", line);
 * Control characters in the formatted text, and what is not UTF-8, are replaced by '?'. */
OST_PUBLIC ost_result ost_error_set(ost_error *error, ost_result code, const char *format, ...)
    OST_PRINTF(3, 4);

/* Memory that is handed out in pieces and given back as a whole. Not thread-safe: one arena
 * belongs to one thread at a time. */
typedef struct ost_arena ost_arena;

/* Makes an arena that will never hold more than `ceiling` bytes of allocations (0 is refused).
 * Nothing but the first small block is taken before it is needed. NULL when out of memory. */
OST_PUBLIC OST_MUST_CHECK ost_arena *ost_arena_new(size_t ceiling);

/* Zeroed memory of `size` bytes, aligned for any type, valid until reset or free.
 * NULL when memory or the ceiling is exhausted. */
OST_PUBLIC OST_MUST_CHECK void *ost_arena_alloc(ost_arena *arena, size_t size);

/* A NUL-terminated copy of `text` in the arena; NULL as above. */
OST_PUBLIC OST_MUST_CHECK char *ost_arena_copy(ost_arena *arena, ost_text text);

/* Formatted, NUL-terminated text in the arena; NULL as above. */
OST_PUBLIC OST_MUST_CHECK char *ost_arena_format(ost_arena *arena, const char *format, ...)
    OST_PRINTF(2, 3);

/* Bytes handed out since the arena was made or last reset, paddings included. */
OST_PUBLIC size_t ost_arena_used(const ost_arena *arena);

/* Has `call` called when the arena is reset or freed, before anything in it is wiped; the last one
 * given is called first. For what something in the arena borrows from elsewhere. False, and nothing
 * will be called, when memory or the ceiling is exhausted. */
OST_PUBLIC OST_MUST_CHECK bool ost_arena_defer(ost_arena *arena, void (*call)(void *user),
                                               void *user);

/* Takes everything back: what was handed out is wiped. The memory is kept for the next use. */
OST_PUBLIC void ost_arena_reset(ost_arena *arena);

/* Wipes and frees. NULL is fine. */
OST_PUBLIC void ost_arena_free(ost_arena *arena);

/* Where time and randomness come from. All zero means the system's: CLOCK_REALTIME and
 * getrandom(2). Tests put their own here. The functions may be called from any
 * thread. */
typedef struct ost_context {
    int64_t (*now)(void *user);                               /* seconds since 1970-01-01 UTC */
    bool (*random)(void *user, unsigned char *ret, size_t n); /* false: no randomness to be had */
    void *user;
} ost_context;

/* Seconds since the epoch by `context` (NULL: the system's clock). */
OST_PUBLIC int64_t ost_now(const ost_context *context);

/* The version of these headers, for #if:
 *     #if OST_VERSION_NUMBER >= OST_VERSION_OF(0, 2, 0) */
#define OST_VERSION_MAJOR 0
#define OST_VERSION_MINOR 1
#define OST_VERSION_PATCH 0
#define OST_VERSION_OF(major, minor, patch) ((major)*1000000 + (minor)*1000 + (patch))
#define OST_VERSION_NUMBER OST_VERSION_OF(OST_VERSION_MAJOR, OST_VERSION_MINOR, OST_VERSION_PATCH)

/* The version of the library that the program runs with, "MAJOR.MINOR.PATCH". A static string. Any
 * thread. */
OST_PUBLIC const char *ost_version(void);

#ifdef __cplusplus
}
#endif

#endif
