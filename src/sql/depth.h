/* How deeply a text's syntax tree could nest, told before it is built. */
#pragma once

#include <glib.h>

/*
 * Whether the tree could nest so deeply ("1+1+1+...": a level each) that
 * building it takes more than a fraction of a second: that time grows with the
 * square of the depth.
 */
gboolean ml_sql_nests_deeply(const char *text, gsize length);
