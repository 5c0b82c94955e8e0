/* Telling two ways of running time apart: Welch's t-test over measurements of two classes, taken in
 * a random order, on all of them and on what is left when the slowest are cropped (the method of
 * "Dude, is my code constant time?", Reparaz, Balasch and Verbauwhede, 2017). */
#ifndef WELCH_H
#define WELCH_H

#include <stdbool.h>
#include <stddef.h>

/* |t| from here on is a difference beyond doubt; up to 4.5 there is none to be seen. */
#define WELCH_DIFFERENT 10.0

/* Runs what is measured once, for class 0 or 1; `turn` chooses among prepared inputs. */
typedef void (*welch_run)(void *user, unsigned class, size_t turn);

/* The largest |t| over all crops, of `count` measurements. Negative: out of memory. */
double welch_measure(welch_run run, void *user, size_t count);

#endif
