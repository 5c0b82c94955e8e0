/* SPDX-License-Identifier: Apache-2.0 */
/* The number of elements of an array; for a pointer it does not compile. */
#ifndef ARRAY_H
#define ARRAY_H

#define ARRAY_LEN(array)                                                                           \
    (sizeof(array) / sizeof((array)[0]) +                                                          \
     0 * sizeof(struct {                                                                           \
         _Static_assert(!__builtin_types_compatible_p(__typeof__(array), __typeof__(&(array)[0])), \
                        "an array is expected, not a pointer");                                    \
         int unused;                                                                               \
     }))

#endif
