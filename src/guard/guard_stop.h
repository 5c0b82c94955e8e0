/* The end of a guard in two steps, for programs whose requests outlive their waiting. */
#ifndef GUARD_STOP_H
#define GUARD_STOP_H

#include <ostiary/guard.h>

/* Ends the background thread: everyone who waits has been told when it returns, and nobody waits
 * from then on. Checks go on by what is known. Those who were told look at the guard once more, so
 * that ost_guard_free comes after them. Once. Not from a callback. */
void guard_stop(ost_guard *guard);

#endif
