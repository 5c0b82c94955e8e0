/* SPDX-License-Identifier: Apache-2.0 */
/* Telling two ways of running time apart: Welch's t-test over measurements of two classes, taken in
 * a random order, on all of them and on what is left when the slowest are cropped (the method of
 * "Dude, is my code constant time?", Reparaz, Balasch and Verbauwhede, 2017). */
#ifndef WELCH_H
#define WELCH_H

#include <stdbool.h>
#include <stddef.h>

/* |t| from here on is a difference beyond doubt; up to 4.5 there is none to be seen. */
#define WELCH_DIFFERENT 10.0

/* Lays an input of class 0 or 1 where what is measured finds it; `turn` chooses among several. That
 * is one place for both: time depends on the address that is read, too. */
typedef void (*welch_lay)(void *user, unsigned class, size_t turn);
/* Runs what is measured once. */
typedef void (*welch_run)(void *user);

/* The largest |t| over all crops, of `count` measurements. Negative: out of memory. */
double welch_measure(welch_lay lay, welch_run run, void *user, size_t count);

#endif
