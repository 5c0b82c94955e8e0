/* SPDX-License-Identifier: Apache-2.0 */
/* Any odd modulus of the three sizes and any number: raised by IFMA, the result is OpenSSL's. On a
 * processor without, OpenSSL's two ways are compared with each other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "jose/crypto_auto.h"
#include "jose/verify/rsa_public.h"
#include "jose/verify/rsa_wide.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SIZE_MAX_BYTES 512

static void check(bool holds)
{
    if (!holds)
        abort();
}

/* Bytes of the input, from its beginning again where it ends. */
static void take(const uint8_t *data, size_t size, size_t from, unsigned char *ret, size_t count)
{
    for (size_t i = 0; i < count; i++)
        ret[i] = data[(from + i) % size];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const unsigned sizes[] = {256, 384, 512};
    unsigned char modulus[SIZE_MAX_BYTES], base[SIZE_MAX_BYTES], expected[SIZE_MAX_BYTES];
    if (size < 2)
        return 0;
    size_t bytes = sizes[data[0] % 3];
    take(data + 1, size - 1, 0, modulus, bytes);
    take(data + 1, size - 1, bytes, base, bytes);
    modulus[0] |= 0x80;
    modulus[bytes - 1] |= 1;
    bn_auto BIGNUM *n = BN_bin2bn(modulus, (int)bytes, NULL), *power = BN_new(), *e = BN_new();
    bn_auto BIGNUM *number = BN_bin2bn(base, (int)bytes, NULL);
    bn_ctx_auto BN_CTX *context = BN_CTX_new();
    check(BN_set_word(e, 65537) == 1 && BN_mod_exp(power, number, e, n, context) == 1);
    check(BN_bn2binpad(power, expected, (int)bytes) == (int)bytes);
    rsa_public *key = rsa_public_new(n, 65537);
    rsa_scratch *scratch = rsa_scratch_new(key);
    ost_result result = rsa_public_raise(key, scratch, base, bytes);
    check(result == (BN_cmp(number, n) < 0 ? OST_OK : OST_E_SIGNATURE));
    check(result != OST_OK || memcmp(scratch->block, expected, bytes) == 0);
    rsa_wide *wide = rsa_wide_new(n, 65537);
    check((wide != NULL) == cpu_has_ifma());
    check(wide == NULL || rsa_wide_raise(wide, base, scratch->spare) == (result == OST_OK));
    check(wide == NULL || result != OST_OK || memcmp(scratch->spare, expected, bytes) == 0);
    check(rsa_wide_faults() == 0);
    rsa_wide_free(wide);
    rsa_scratch_free(scratch);
    rsa_public_free(key);
    return 0;
}
