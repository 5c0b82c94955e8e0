/* Whether 57 bytes are a public key of Ed448 under which not everything is signed. */
#ifndef ED448_POINT_H
#define ED448_POINT_H

#include <ostiary/types.h>

/* In its canonical form, on the curve (RFC 8032 §5.2.3), and not of order 1, 2 or 4. */
OST_MUST_CHECK bool ed448_point_is_good(const unsigned char *point);

#endif
