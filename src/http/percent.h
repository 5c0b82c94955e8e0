/* Percent-encoding, RFC 3986 §2.1. */
#ifndef PERCENT_H
#define PERCENT_H

#include <ostiary/types.h>

/* The value of a hexadecimal digit, -1 for another character. */
int hex_digit(char c);

/* The byte that "%XX" at the beginning of `text` stands for; -1 when it is malformed or cut. */
int percent_byte(ost_text text);

#endif
