/* env: env.py, read and not run. */
#pragma once

#include "miglint/project.h"

/* Where env.py takes the database URL from. */
typedef struct {
    const MlModule *module; /* env.py; borrowed while it is read */
    char *dialect;          /* of the URLs that it holds, where they agree; else NULL */
    guint line;             /* of env.py: of the first of them; 0: it stands in another file */
    char *variable;         /* an environment variable; NULL: none that can be told */
    gboolean overrides;     /* it may put another URL in the place of the configuration's */
    gboolean disagrees;     /* those URLs do not agree */
} MlEnvUrl;

void ml_env_url_clear(MlEnvUrl *url);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(MlEnvUrl, ml_env_url_clear)

/* Fills what a set-up knows of env.py, the dialect and the variable apart, which `url` gets. */
void ml_env_read(MlSetup *setup, MlEnvUrl *url, MlTree *tree, const MlProject *project,
                 MlImporter *importer);
