#include "miglint/python.h"
#include "python/grammar.h"

const TSLanguage *tree_sitter_python(void);

void ml_grammar_describe(GString *out, const char *name, const TSLanguage *language)
{
    const TSLanguageMetadata *version = ts_language_metadata(language);
    g_string_append(out, name);
    if (version != NULL)
        g_string_append_printf(out, " %u.%u.%u", version->major_version, version->minor_version,
                               version->patch_version);
    g_string_append_printf(out, " (ABI %u)\n", ts_language_abi_version(language));
}

void ml_python_libraries(GString *out)
{
    g_string_append_printf(out, "tree-sitter (ABI %d to %d)\n",
                           TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION,
                           TREE_SITTER_LANGUAGE_VERSION);
    ml_grammar_describe(out, "tree-sitter-python", tree_sitter_python());
}
