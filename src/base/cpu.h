/* SPDX-License-Identifier: Apache-2.0 */
/* What the processor has, and may be used: the operating system keeps its registers, and the
 * environment does not say OSTIARY_CPU=baseline, with which only what every processor of the kind
 * has is used. */
#ifndef CPU_H
#define CPU_H

#include <stdbool.h>

bool cpu_has_avx2(void);
bool cpu_has_ifma(void); /* AVX-512 with IFMA, and BMI2 */

#endif
