/* SPDX-License-Identifier: Apache-2.0 */
/* Reads origins; see origin.h. */
#include "app/config/origin.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/array.h"
#include "base/ascii.h"
#include "base/text.h"

#define NAME_MAX_LEN 253 /* RFC 1035 §2.3.4 */
#define LABEL_MAX 63

static bool is_digits(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.data[i]))
            return false;
    }
    return text.len > 0;
}

/* RFC 1123 §2.1, in lower case. */
static bool is_label(ost_text label)
{
    bool fits = label.len > 0 && label.len <= LABEL_MAX && label.data[0] != '-' &&
                label.data[label.len - 1] != '-';
    for (size_t i = 0; i < label.len && fits; i++) {
        char c = label.data[i];
        fits = (c >= 'a' && c <= 'z') || ascii_is_digit(c) || c == '-';
    }
    return fits;
}

static bool is_address(int family, ost_text text)
{
    char string[INET6_ADDRSTRLEN];
    unsigned char address[sizeof(struct in6_addr)];
    return text_to_string(text, string, sizeof string) && strlen(string) == text.len &&
           inet_pton(family, string, address) == 1;
}

/* A name whose last label is a number is an IPv4 address for browsers, or nothing. */
static bool is_host(ost_text host)
{
    ost_text label = {0}, rest = host;
    if (text_starts(host, "["))
        return host.data[host.len - 1] == ']' &&
               is_address(AF_INET6, text_slice(host, 1, host.len - 2));
    if (host.len == 0 || host.len > NAME_MAX_LEN || text_ends(host, "."))
        return false;
    while (text_next(&rest, '.', &label)) {
        if (!is_label(label))
            return false;
    }
    return !is_digits(label) || is_address(AF_INET, host);
}

static bool has_upper(ost_text text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 'A' && text.data[i] <= 'Z')
            return true;
    }
    return false;
}

bool origin_is_of_program(ost_text text)
{
    static const char *const schemes[] = {
        "capacitor://",      "ionic://",
        "tauri://",          "app://",
        "vscode-webview://", "chrome-extension://",
        "moz-extension://",  "safari-web-extension://",
    };
    for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
        size_t len = strlen(schemes[i]);
        if (text_starts(text, schemes[i]))
            return is_host(text_slice(text, len, text.len - len));
    }
    return false;
}

ost_result origin_read(ost_text text, ost_text *ret_origin)
{
    uint64_t port;
    size_t scheme = text_starts(text, "https://") ? 8 : text_starts(text, "http://") ? 7 : 0;
    ost_text rest = text_slice(text, scheme, text.len);
    size_t bracket = text_starts(rest, "[") ? text_find(rest, ']', 0) : 0;
    size_t colon = text_find(rest, ':', bracket);
    if (scheme == 0 || rest.len == 0 || has_upper(rest) || !is_host(text_slice(rest, 0, colon)))
        return OST_E_ARGUMENT;
    if (colon == rest.len) {
        *ret_origin = text;
        return OST_OK;
    }
    ost_text digits = text_slice(rest, colon + 1, rest.len);
    if (!is_digits(digits) || digits.data[0] == '0' || !text_to_unsigned(digits, 65535, &port))
        return OST_E_ARGUMENT;
    *ret_origin = port == (scheme == 8 ? 443 : 80) ? text_slice(text, 0, scheme + colon) : text;
    return OST_OK;
}
