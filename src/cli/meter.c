#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

#define WIDTH 30

/* Microseconds between two pictures. */
#define PACE 100000

void ml_meter_show(guint done, guint all, gpointer data)
{
    MlMeter *meter = data;
    gint64 now = g_get_monotonic_time();
    if (now - meter->shown < PACE || !isatty(STDERR_FILENO))
        return;
    char bar[WIDTH + 1] = {0};
    for (guint i = 0; i < WIDTH; i++)
        bar[i] = (guint64)i * all < (guint64)done * WIDTH ? '=' : ' ';
    fprintf(stderr, "\r[%s] %u of %u", bar, done, all);
    fflush(stderr);
    meter->shown = now;
}

void ml_meter_end(MlMeter *meter)
{
    if (meter->shown != 0)
        fprintf(stderr, "\r\033[K");
}
