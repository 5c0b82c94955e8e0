/* SPDX-License-Identifier: Apache-2.0 */
/* Which addresses may be asked for what a stranger says lies there. */
#ifndef ADDRESS_SCOPE_H
#define ADDRESS_SCOPE_H

#include "http/message/address.h"

/* Is it an address of the public internet? Not this machine, a private or shared network, a link,
 * a group, documentation, or a tunnel to any of them (the IANA special-purpose registries of
 * RFC 6890). */
bool address_is_public(const ip_address *address);

/* Public, or in one of the blocks ("10.0.0.0/8 ::1"), which are separated by spaces or commas. */
bool address_is_allowed(const ip_address *address, ost_text blocks);

/* Can all of the blocks be read? */
bool address_blocks_are_good(ost_text blocks);

#endif
