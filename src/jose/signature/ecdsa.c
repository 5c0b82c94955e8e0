/* SPDX-License-Identifier: Apache-2.0 */
/* ECDSA signatures between r || s and DER; see ecdsa.h. */
#include "jose/signature/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <string.h>

#define DER_INTEGER 0x02
#define DER_SEQUENCE 0x30

/* 1 … n-1, which the verification of X9.62 demands of r and of s. Nothing here is secret. */
static bool in_range(const curve_facts *curve, const unsigned char *number)
{
    unsigned char any = 0;
    for (size_t i = 0; i < curve->size; i++)
        any |= number[i];
    return any != 0 && memcmp(number, curve->order, curve->size) < 0;
}

/* The shortest form, with a zero before a byte that would read as a sign. */
static size_t put_integer(const unsigned char *number, size_t size, unsigned char *der)
{
    while (size > 1 && *number == 0) {
        number++;
        size--;
    }
    size_t zero = *number >= 0x80 ? 1 : 0;
    der[0] = DER_INTEGER;
    der[1] = (unsigned char)(size + zero);
    der[2] = 0;
    memcpy(der + 2 + zero, number, size);
    return 2 + zero + size;
}

bool ecdsa_to_der(const curve_facts *curve, const unsigned char *raw, unsigned char *ret_der,
                  size_t *ret_len)
{
    unsigned char body[ECDSA_DER_MAX];
    const unsigned char *r = raw, *s = raw + curve->size;
    if (!in_range(curve, r) || !in_range(curve, s))
        return false;
    size_t len = put_integer(r, curve->size, body);
    len += put_integer(s, curve->size, body + len);
    size_t at = 0;
    ret_der[at++] = DER_SEQUENCE;
    if (len >= 0x80)
        ret_der[at++] = 0x81; /* the length needs a byte of its own: P-521 */
    ret_der[at++] = (unsigned char)len;
    memcpy(ret_der + at, body, len);
    *ret_len = at + len;
    return true;
}

bool ecdsa_from_der(const curve_facts *curve, const unsigned char *der, size_t len,
                    unsigned char *ret_raw)
{
    unsigned char raw[2 * CURVE_MAX_SIZE];
    const unsigned char *at = der;
    int size = (int)curve->size;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)len);
    bool fits = signature != NULL && at == der + len &&
                BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, size) == size &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + size, size) == size;
    ECDSA_SIG_free(signature);
    if (fits)
        memcpy(ret_raw, raw, 2 * curve->size);
    return fits;
}
