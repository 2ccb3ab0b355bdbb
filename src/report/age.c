#include "report/age.h"

char *ml_report_age(gint64 now, gint64 then)
{
    static const struct {
        gint64 seconds;
        const char *name;
    } units[] = {{365 * 86400, "year"}, {30 * 86400, "month"}, {7 * 86400, "week"},
                 {86400, "day"},        {3600, "hour"},        {60, "minute"}};
    gint64 past = now > then ? now - then : 0;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        gint64 count = past / units[i].seconds;
        if (count > 0)
            return g_strdup_printf("%" G_GINT64_FORMAT " %s%s", count, units[i].name,
                                   count == 1 ? "" : "s");
    }
    return g_strdup("less than a minute");
}
