/* SPDX-License-Identifier: Apache-2.0 */
/* CPUID and XGETBV as the compiler's library reads them; see cpu.h. */
#include "base/cpu.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/text.h"

enum { AVX2 = 1, IFMA = 2, ASKED = 4 };

static int ask(void)
{
    const char *wanted = secure_getenv("OSTIARY_CPU");
    int found = ASKED;
    if (wanted != NULL && text_is(text_of(wanted), "baseline"))
        return found;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        found |= AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512ifma") &&
        __builtin_cpu_supports("bmi2"))
        found |= IFMA;
#endif
    return found;
}

/* The same answer for everyone and always, so that it does not matter who asks first. */
static bool has(int feature)
{
    static atomic_int known;
    int features = atomic_load_explicit(&known, memory_order_relaxed);
    if (features == 0) {
        features = ask();
        atomic_store_explicit(&known, features, memory_order_relaxed);
    }
    return (features & feature) != 0;
}

bool cpu_has_avx2(void)
{
    return has(AVX2);
}

bool cpu_has_ifma(void)
{
    return has(IFMA);
}
