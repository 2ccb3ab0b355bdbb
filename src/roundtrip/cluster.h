/* A Postgres of our own, from the installed binaries: no other user and no network reaches it. */
#pragma once

#include "miglint/roundtrip.h"

#define ML_CLUSTER_USER "miglint" /* its superuser */

typedef struct MlCluster MlCluster;

/* Begins to start one; it answers some moments later. It ends with the thread that called this. */
MlCluster *ml_cluster_start(const MlServerLimits *limits, GError **error);
/* Whether it is still there to be waited for; else why not. */
gboolean ml_cluster_is_alive(MlCluster *cluster, GError **error);
/* Where its socket is; borrowed. */
const char *ml_cluster_socket_folder(const MlCluster *cluster);
void ml_cluster_stop(MlCluster *cluster);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlCluster, ml_cluster_stop)
