#include "miglint/project.h"
#include "python/grammar.h"

const TSLanguage *tree_sitter_toml(void);

void ml_project_libraries(GString *out)
{
    ml_grammar_describe(out, "tree-sitter-toml", tree_sitter_toml());
}
