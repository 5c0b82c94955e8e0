/* Keys that the tools are given: a JWK, a JWK Set or PEM, in a file or on standard input. */
#ifndef TOOL_KEY_H
#define TOOL_KEY_H

#include <ostiary/jose.h>

#include "options.h"

#define TOOL_KEYS_MAX 100
#define TOOL_PARTIES_MAX 16 /* signers, recipients */

/* Every key in the file, each of them the caller's to unref; PEM is bound to `alg` when that is not
 * OST_ALG_NONE_SET. Errors name the file. */
typedef struct tool_keys {
    ost_key *keys[TOOL_KEYS_MAX];
    size_t count;
} tool_keys;
OST_MUST_CHECK ost_result tool_keys_read(const char *path, ost_alg alg, ost_arena *arena,
                                         tool_keys *ret_keys, ost_error *ret_error);
void tool_keys_free(tool_keys *keys);

/* The only key there is, when it has no name, takes the one that a message asks for: whoever named
 * its file has said that it is the one. */
void tool_keys_adopt(tool_keys *keys, ost_text kid);

/* The one key with this kid, or the only one there is (kid NULL). OST_E_KEY_UNKNOWN,
 * OST_E_KEY_AMBIGUOUS. Borrowed. */
OST_MUST_CHECK ost_result tool_keys_choose(const tool_keys *keys, const char *kid,
                                           ost_key **ret_key, ost_error *ret_error);

/* Of each file that is named by --key, the key with the id that --kid names, or its only one.
 * Several files are for as many signers or recipients, and --kid then cannot tell which is meant:
 * OST_E_ARGUMENT. Else as above. */
OST_MUST_CHECK ost_result tool_keys_meant(const option_values *values, ost_arena *arena,
                                          tool_keys *ret_keys, ost_error *ret_error);

/* The algorithm of that name, or, when it is NULL, the first of `preferred` (which ends with
 * OST_ALG_NONE_SET) that the key serves. OST_E_ARGUMENT. */
OST_MUST_CHECK ost_result tool_alg(const char *name, const ost_key *key, const ost_alg *preferred,
                                   ost_alg *ret_alg, ost_error *ret_error);

#endif
