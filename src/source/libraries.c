#include "miglint/source.h"

#include <git2.h>

void ml_source_libraries(GString *out)
{
    int major, minor, patch;
    git_libgit2_version(&major, &minor, &patch);
    g_string_append_printf(out, "libgit2 %d.%d.%d\n", major, minor, patch);
}
