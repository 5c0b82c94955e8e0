/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a PROXY protocol header of version 2 (haproxy's doc/proxy-protocol.txt, §2.2). The text
 * form, version 1, is refused: a proxy that can choose uses the binary one. */
#include "http/connection/proxy_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/text.h"

#define FIXED_SIZE 16
#define REST_MAX 4080
#define TLV_SSL 0x20
#define SSL_CLIENT 0x01

static const char signature[12] = {'\r', '\n', '\r', '\n', '\0', '\r',
                                   '\n', 'Q',  'U',  'I',  'T',  '\n'};

static size_t read_16(const char *data)
{
    return (size_t)(unsigned char)data[0] << 8 | (unsigned char)data[1];
}

/* Type-length-value records behind the addresses. False: malformed. */
static bool read_records(ost_text records, proxy_header *header)
{
    while (records.len > 0) {
        if (records.len < 3)
            return false;
        size_t len = read_16(records.data + 1);
        if (len > records.len - 3)
            return false;
        if ((unsigned char)records.data[0] == TLV_SSL) {
            if (len < 5)
                return false;
            header->secure = ((unsigned char)records.data[3] & SSL_CLIENT) != 0;
        }
        records = text_slice(records, 3 + len, records.len);
    }
    return true;
}

/* The source address of a family; `rest` is left at the records. False: malformed. */
static bool read_address(unsigned family, ost_text *rest, proxy_header *header)
{
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    size_t size;
    switch (family) {
    case 0x00: /* unspecified */
        *rest = (ost_text){NULL, 0};
        return true;
    case 0x11: /* TCP over IPv4: two addresses, two ports */
        size = 12;
        if (rest->len < size)
            return false;
        memcpy(&in.sin_addr, rest->data, 4);
        header->has_address = address_of_socket((const struct sockaddr *)&in, &header->address);
        break;
    case 0x21: /* over IPv6 */
        size = 36;
        if (rest->len < size)
            return false;
        memcpy(&in6.sin6_addr, rest->data, 16);
        header->has_address = address_of_socket((const struct sockaddr *)&in6, &header->address);
        break;
    case 0x31: /* over Unix sockets */
        size = 216;
        if (rest->len < size)
            return false;
        break;
    default:
        return false;
    }
    *rest = text_slice(*rest, size, rest->len);
    return true;
}

proxy_state proxy_header_read(ost_text seen, proxy_header *ret_header)
{
    size_t compared = seen.len < sizeof signature ? seen.len : sizeof signature;
    if (memcmp(seen.data, signature, compared) != 0)
        return PROXY_REFUSED;
    if (seen.len < FIXED_SIZE)
        return PROXY_MORE;
    unsigned command = (unsigned char)seen.data[12], family = (unsigned char)seen.data[13];
    size_t len = read_16(seen.data + 14);
    if ((command != 0x20 && command != 0x21) || len > REST_MAX)
        return PROXY_REFUSED;
    if (seen.len < FIXED_SIZE + len)
        return PROXY_MORE;
    proxy_header header = {.size = FIXED_SIZE + len};
    ost_text rest = text_slice(seen, FIXED_SIZE, len);
    if (command == 0x21 && (!read_address(family, &rest, &header) || !read_records(rest, &header)))
        return PROXY_REFUSED;
    *ret_header = header;
    return PROXY_DONE;
}
