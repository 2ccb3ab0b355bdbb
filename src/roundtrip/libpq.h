/*
 * libpq, loaded when it is first wanted: its own libraries take longer to load than most
 * projects take to be linted. Who has loaded it calls the functions of libpq-fe.h as ever.
 */
#pragma once

#include <glib.h>

/* Fails where it is not installed. May be called often, by any thread. */
gboolean ml_libpq_load(GError **error);
