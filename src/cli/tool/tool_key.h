/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that the tools are given: a JWK, a JWK Set or PEM, in a file or on standard input. */
#ifndef TOOL_KEY_H
#define TOOL_KEY_H

#include <ostiary/jose.h>

#include "base/options.h"

#define TOOL_KEYS_MAX 100
#define TOOL_PARTIES_MAX 16 /* signers, recipients */

/* Every key in the file, each of them the caller's to unref; PEM is bound to `alg` when that is not
 * OST_ALG_UNSET. Of a set, what is not a key here is passed over (RFC 7517 §5), with a note on
 * standard error, as long as there is another. Errors name the file. */
typedef struct tool_keys {
    ost_key *keys[TOOL_KEYS_MAX];
    size_t count;
    size_t left_out;     /* entries of a set that are not keys here */
    char first_why[160]; /* why the first of them is not */
} tool_keys;
OST_MUST_CHECK ost_result tool_keys_read(const char *path, ost_alg alg, ost_arena *arena,
                                         tool_keys *ret_keys, ost_error *error);
/* The same, and what is not a key is an error: for whoever writes it in another form. */
OST_MUST_CHECK ost_result tool_keys_whole(const char *path, ost_alg alg, ost_arena *arena,
                                          tool_keys *ret_keys, ost_error *error);
void tool_keys_free(tool_keys *keys);

/* The keys of every file that the option of that name gives. */
OST_MUST_CHECK ost_result tool_keys_named(const option_values *values, const char *name,
                                          ost_arena *arena, tool_keys *ret_keys, ost_error *error);

/* Whether the key can do `what` ("sign"), for which its private half is needed: OST_E_KEY_USE. */
OST_MUST_CHECK ost_result tool_need_private(const ost_key *key, const char *what, ost_error *error);

/* Puts what is wrong in general before what a message asks for, where no key fits. */
ost_result tool_tell_key(ost_result result, ost_error *error);

/* Of an --alg that is none; takes its name. */
#define TOOL_NO_ALGORITHM "--alg: \"%.40s\" is not an algorithm (ostiary jwk algorithms lists them)"

/* The only key there is, when it has no name, takes the one that a message asks for: the one who
 * named its file has said that it is the one. */
void tool_keys_adopt(tool_keys *keys, ost_text kid);

/* The JWK of a key, its public half alone unless `private`. A sentence when there is no such half.
 */
OST_MUST_CHECK ost_result tool_key_put(const ost_key *key, bool private, ost_json_writer *writer,
                                       ost_error *error);

/* The one key with this kid, or the only one there is (kid NULL). OST_E_KEY_UNKNOWN,
 * OST_E_KEY_AMBIGUOUS. Borrowed. */
OST_MUST_CHECK ost_result tool_keys_choose(const tool_keys *keys, const char *kid,
                                           ost_key **ret_key, ost_error *error);

/* Of each file that is named by --key, the key with the id that --kid names, or its only one.
 * Several files are for as many signers or recipients, and --kid then cannot tell which is meant:
 * OST_E_ARGUMENT. Else as above. */
OST_MUST_CHECK ost_result tool_keys_meant(const option_values *values, ost_arena *arena,
                                          tool_keys *ret_keys, ost_error *error);

/* The algorithm of that name, or, when it is NULL, the first of `preferred` (which ends with
 * OST_ALG_UNSET) that the key serves. OST_E_ARGUMENT. */
OST_MUST_CHECK ost_result tool_alg(const char *name, const ost_key *key, const ost_alg *preferred,
                                   ost_alg *ret_alg, ost_error *error);

/* The algorithms that are named by --alg; every one for signatures when none is: the keys decide
 * then. OST_E_ARGUMENT. */
OST_MUST_CHECK ost_result tool_algs(const option_values *values, ost_algs *ret_algs,
                                    ost_error *error);

#endif
