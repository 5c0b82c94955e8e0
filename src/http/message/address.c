/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses and blocks of addresses. */
#include "http/message/address.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/text.h"

static const unsigned char mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static ip_address address_of_ipv4(const void *four)
{
    ip_address a;
    memcpy(a.bytes, mapped_prefix, 12);
    memcpy(a.bytes + 12, four, 4);
    return a;
}

static bool is_ipv4(const ip_address *a)
{
    return memcmp(a->bytes, mapped_prefix, 12) == 0;
}

bool address_of_socket(const struct sockaddr *socket, ip_address *ret)
{
    if (socket->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, socket, sizeof in);
        *ret = address_of_ipv4(&in.sin_addr);
        return true;
    }
    if (socket->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, socket, sizeof in6);
        memcpy(ret->bytes, &in6.sin6_addr, 16);
        return true;
    }
    return false;
}

bool address_read(ost_text text, ip_address *ret)
{
    char string[ADDRESS_TEXT_SIZE];
    bool brackets = text.len >= 2 && text.data[0] == '[' && text.data[text.len - 1] == ']';
    if (brackets)
        text = text_slice(text, 1, text.len - 2);
    if (text.len == 0 || memchr(text.data, '\0', text.len) != NULL ||
        !text_to_string(text, string, sizeof string))
        return false;
    unsigned char bytes[16];
    if (!brackets && inet_pton(AF_INET, string, bytes) == 1) {
        *ret = address_of_ipv4(bytes);
        return true;
    }
    if (inet_pton(AF_INET6, string, bytes) != 1)
        return false;
    memcpy(ret->bytes, bytes, 16);
    return true;
}

bool address_block_read(ost_text text, address_block *ret)
{
    address_block block;
    size_t slash = text_find(text, '/', 0);
    if (!address_read(text_slice(text, 0, slash), &block.address))
        return false;
    /* A dotted address counts its bits from the end of the mapped prefix. */
    unsigned base = text_find(text, ':', 0) < slash ? 0 : 96;
    uint64_t bits = 128 - base;
    if (slash < text.len &&
        !text_to_unsigned(text_slice(text, slash + 1, text.len), 128 - base, &bits))
        return false;
    block.bits = base + (unsigned)bits;
    *ret = block;
    return true;
}

bool address_in_block(const ip_address *a, const address_block *block)
{
    unsigned whole = block->bits / 8, part = block->bits % 8;
    if (memcmp(a->bytes, block->address.bytes, whole) != 0)
        return false;
    if (part == 0)
        return true;
    unsigned mask = 0xffu << (8 - part) & 0xffu;
    return ((a->bytes[whole] ^ block->address.bytes[whole]) & mask) == 0;
}

bool address_is_loopback(const ip_address *a)
{
    static const unsigned char six[16] = {[15] = 1};
    return is_ipv4(a) ? a->bytes[12] == 127 : memcmp(a->bytes, six, 16) == 0;
}

size_t address_write(const ip_address *a, char *ret)
{
    const void *bytes = is_ipv4(a) ? a->bytes + 12 : a->bytes;
    if (inet_ntop(is_ipv4(a) ? AF_INET : AF_INET6, bytes, ret, ADDRESS_TEXT_SIZE) == NULL)
        ret[0] = '\0';
    return strlen(ret);
}
