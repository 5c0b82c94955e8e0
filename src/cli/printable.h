/* SPDX-License-Identifier: Apache-2.0 */
/* Text that a stranger wrote, made harmless for terminals and logs. What is dangerous in it:
 * control characters (U+0000 to U+001F, U+007F to U+009F), characters that turn the direction of
 * text around or break its lines (U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069), and
 * what is not UTF-8. */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stdio.h>

#include <ostiary/types.h>

/* Puts a '?' in the place of each dangerous character; the text may become shorter. */
void printable_make(char *text);

/* Strict JSON with its dangerous characters as escapes (\u009b), so that it says the same; borrowed
 * or in the arena. White space between its tokens stays. The empty text: out of memory. */
ost_text printable_json(ost_text json, ost_arena *arena);

/* Writes to standard output in the same way: JSON, and what is within a string of JSON. */
void printable_put_json(ost_text json);
void printable_put_text(ost_text text);
/* The second of them to another file. */
void printable_write_text(FILE *out, ost_text text);

#endif
