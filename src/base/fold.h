/* SPDX-License-Identifier: Apache-2.0 */
/* Names that people type, compared without regard to case: Unicode's simple folding, letter by
 * letter, whatever the language; and without regard to how a letter of ASCII is drawn. */
#ifndef FOLD_H
#define FOLD_H

#include <ostiary/types.h>

/* The folded text, in the arena; bytes that are not UTF-8 stay. NULL data: out of memory. */
ost_text text_fold(ost_text text, ost_arena *arena);

/* The same, but small letters stay what they are: how a name is shown. */
ost_text text_lower(ost_text text, ost_arena *arena);

/* The text with ASCII in the place of what stands for it: wide characters, ligatures, letters of
 * formulas, and whatever else Unicode's compatibility form (NFKC, Unicode Standard Annex #15) makes
 * nothing but ASCII of. In the arena; everything else stays. NULL data: out of memory. */
ost_text text_compatible(ost_text text, ost_arena *arena);

/* The most bytes that a text of `len` bytes can become. */
#define FOLD_ROOM(len) ((len) + (len) / 2 + 1)

/* text_fold into FOLD_ROOM(text.len) bytes; returns how many are used. */
size_t fold_into(ost_text text, char *ret);

#endif
