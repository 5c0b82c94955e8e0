/* SPDX-License-Identifier: Apache-2.0 */
/* Messages as Keycloak writes them, in the manner of Java's MessageFormat: {0} stands for a value,
 * two apostrophes for one, and what stands between single ones is as it is. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include <ostiary/types.h>

#define MESSAGE_VALUES 3

/* A message on its way through its pieces; begin with (message){.rest = pattern}. */
typedef struct message {
    ost_text rest;
    bool quoted;
} message;

typedef struct message_piece {
    bool is_value;
    unsigned value; /* which one, 0 to 9 */
    ost_text text;  /* as it stands in the message, for values too */
} message_piece;

/* The next piece; false: there is none. Braces that name no value are text. */
bool message_next(message *message, message_piece *ret_piece);

/* The message with its values, in the arena; a value that is not there stays "{n}". No data: no
 * memory. */
ost_text message_format(ost_text pattern, const ost_text *values, size_t count, ost_arena *arena);

/* Is this text what the message makes of some values? They are slices of it then. */
bool message_fits(ost_text pattern, ost_text text, ost_text ret_values[MESSAGE_VALUES]);

#endif
