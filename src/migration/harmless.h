/* What the dotted name of something outside of the tree tells: whether it can change a database. */
#pragma once

#include <glib.h>

/* Of Python's own, or of a library that knows of no relational database. */
gboolean ml_is_harmless(const char *dotted);

/*
 * Whether a name makes one think that it leads to a database, to code that nobody sees, or to
 * something that is done rather than told. A library that nobody has listed is trusted only
 * where this is not so.
 */
gboolean ml_is_suspicious(const char *dotted);
