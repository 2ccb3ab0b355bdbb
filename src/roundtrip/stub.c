#include "miglint/roundtrip.h"
MlServer *ml_server_postgresql_cluster(const MlServerLimits *l, GError **e);
MlServer *ml_server_postgresql_url(const char *u, const MlServerLimits *l, GError **e);
MlServer *ml_server_postgresql_cluster(const MlServerLimits *l, GError **e){(void)l; g_set_error(e, ML_ROUNDTRIP_ERROR, 0, "none");return NULL;}
MlServer *ml_server_postgresql_url(const char *u, const MlServerLimits *l, GError **e){(void)u;(void)l; g_set_error(e, ML_ROUNDTRIP_ERROR, 0, "none");return NULL;}
