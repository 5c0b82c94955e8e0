/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed text: comparison, slicing and small conversions. Nothing here allocates. */
#ifndef TEXT_H
#define TEXT_H

#include <ostiary/types.h>

ost_text text_of(const char *string); /* NULL gives the empty text */
static inline ost_text text_of_bytes(const unsigned char *bytes, size_t len)
{
    return (ost_text){(const char *)bytes, len};
}
static inline const unsigned char *text_bytes(ost_text text)
{
    return (const unsigned char *)text.data;
}
bool text_equal(ost_text a, ost_text b);
bool text_is(ost_text a, const char *string);
bool text_equal_ignoring_case(ost_text a, ost_text b); /* ASCII only */
bool text_starts(ost_text text, const char *prefix);
bool text_ends(ost_text text, const char *suffix);
int text_compare(ost_text a, ost_text b); /* as memcmp; what the other begins with comes first */
ost_text text_slice(ost_text text, size_t from, size_t len); /* clamped to the text */
ost_text text_trim(ost_text text);                           /* spaces and tabs */
ost_text text_trim_lines(ost_text text);                     /* line breaks too */

/* The offset of `byte` in `text` at or after `from`; text.len when it is not there. */
size_t text_find(ost_text text, char byte, size_t from);

/* Whether `part` stands somewhere in `text`; an empty one does everywhere. */
bool text_contains(ost_text text, ost_text part);

/* How often `byte` stands in `text`. */
size_t text_count(ost_text text, char byte);

/* Takes the next piece up to `separator` off the front of *rest. False at the end. An empty text
 * has no pieces, ",a" has two, and a separator at the very end adds none. */
bool text_next(ost_text *rest, char separator, ost_text *ret_piece);

/* True when the space-separated `list` contains `word` (RFC 6749 §3.3 scopes). */
bool text_list_has(ost_text list, ost_text word);

/* True when it is one of `names`, NULL-terminated. */
bool text_is_one_of(ost_text text, const char *const *names);

/* Decimal, no sign, no spaces, no leading zeroes but "0", at most `max`. */
OST_MUST_CHECK bool text_to_unsigned(ost_text text, uint64_t max, uint64_t *ret);

/* Constant-time equality of content; lengths may leak. For MACs, codes, secrets. */
bool text_equal_secret(ost_text a, ost_text b);

/* True when every byte is a letter or digit of ASCII, or one of `others`. */
bool text_is_made_of(ost_text text, const char *others);

/* Makes capitals of ASCII small, in place. */
void text_make_lower(char *text, size_t len);

/* Copies at most size-1 bytes and terminates; returns false when it had to cut. */
bool text_to_string(ost_text text, char *ret, size_t size);

/* True when the bytes are valid UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool text_is_utf8(ost_text text);

/* Where the first sequence begins that is not valid UTF-8; text.len when all is. */
size_t text_find_bad_utf8(ost_text text);

/* Puts '?' in the place of each byte of control characters (U+0080 to U+009F too), of what turns
 * text around or ends a line (U+202E and its like), and of what is not UTF-8: for logs and
 * terminals. */
void text_make_printable(char *text, size_t len);

/* "true" in any case, as Java's Boolean.parseBoolean; all else says false. */
bool text_says_true(ost_text text);

/* The number of single-character edits between two short names, for "did you mean"; SIZE_MAX when
 * one has more than 63 bytes. */
size_t text_distance(ost_text a, const char *b);

/* Whether fewer than *least edits make the known name of this one; *least is then their number. For
 * the nearest of many: *least begins with the first number that is too many for a slip. */
bool text_is_nearer(ost_text name, const char *known, size_t *least);

/* Where in items that are sorted by a text (text_compare) the first is whose text is `key` or comes
 * after it; `count` when none is. An item has `size` bytes and its ost_text at byte `key_at`. */
size_t text_find_sorted(const void *items, size_t size, size_t count, size_t key_at, ost_text key);

/* memset that the compiler keeps. */
void wipe(void *data, size_t size);

#endif
