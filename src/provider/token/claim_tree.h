/* SPDX-License-Identifier: Apache-2.0 */
/* The claims of a token while mappers gather them: an ordered tree, where "a.b.c" names a place in
 * nested objects. Errors stick until it is written. */
#ifndef CLAIM_TREE_H
#define CLAIM_TREE_H

#include <ostiary/json.h>

typedef struct claim_tree claim_tree;

OST_MUST_CHECK claim_tree *claim_tree_new(ost_arena *arena); /* NULL: out of memory */

/* Sets the claim at the dotted path ("\." is a dot within a name), replacing what was there. The
 * value is JSON text. */
void claim_put_json(claim_tree *tree, ost_text path, ost_text json);
/* The same for an array; where there is one already, what it lacks is added to it. */
void claim_join_json(claim_tree *tree, ost_text path, ost_text json);
void claim_put_text(claim_tree *tree, const char *path, ost_text text);
void claim_put_string(claim_tree *tree, const char *path, const char *string);
void claim_put_integer(claim_tree *tree, const char *path, int64_t integer);

/* Keeps a place for a claim that may be set later; without a value it is not written. */
void claim_reserve(claim_tree *tree, const char *name);

/* From now on the claims that have a value keep it: mappers, whose claim names anybody may choose,
 * cannot touch them. */
void claim_seal(claim_tree *tree);

bool claim_is_set(const claim_tree *tree, const char *name);

/* The whole as an object. */
OST_MUST_CHECK ost_result claim_tree_write(const claim_tree *tree, ost_arena *arena,
                                           ost_text *ret_json);

#endif
