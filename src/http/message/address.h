/* SPDX-License-Identifier: Apache-2.0 */
/* Network addresses as bytes and as text, and blocks of them (CIDR, RFC 4632, RFC 4291 §2.3). IPv4
 * is kept in its IPv6-mapped form, so that there is one kind of address. */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <ostiary/types.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_SIZE 64

typedef struct ip_address {
    unsigned char bytes[16];
} ip_address;

typedef struct address_block {
    ip_address address;
    unsigned bits; /* of 128 */
} address_block;

/* The address of an AF_INET or AF_INET6 socket address. False for another family. */
OST_MUST_CHECK bool address_of_socket(const struct sockaddr *socket, ip_address *ret);

/* "192.0.2.1", "2001:db8::1", "[2001:db8::1]"; a port after it is not allowed. */
OST_MUST_CHECK bool address_read(ost_text text, ip_address *ret);

/* "10.0.0.0/8", "2001:db8::/32", or a single address. */
OST_MUST_CHECK bool address_block_read(ost_text text, address_block *ret);

bool address_in_block(const ip_address *a, const address_block *block);
bool address_is_loopback(const ip_address *a);

/* Writes at most ADDRESS_TEXT_SIZE bytes with the NUL; returns the length. */
size_t address_write(const ip_address *a, char *ret);

#endif
