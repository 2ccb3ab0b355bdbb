/* options: what the configuration says of an environment, key by key. */
#pragma once

#include "project/settings.h"

/*
 * Appends MlOption * and char * for MlProject's options and engines: what
 * matters of 256 KB; whatever lies behind them is left out.
 */
void ml_options_read(const MlConfigFiles *files, const char *section, GPtrArray *options,
                     GPtrArray *engines);

/* Whether a key is that of a database URL: "sqlalchemy.url". */
gboolean ml_option_is_url(const MlOption *option);

/* The dialect that all URLs agree upon, and (borrowed) where the first stands; NULL without one. */
char *ml_options_dialect(const GPtrArray *options, const MlPlace **place);

void ml_option_free(MlOption *option);
