/* The workflow, the hook and the settings that a project is offered. */
#include "cli/init.h"

#include <string.h>

void ml_proposal_free(MlProposal *proposal)
{
    g_clear_pointer(&proposal->file, ml_file_free);
    g_free(proposal->lines);
    g_free(proposal->text);
    g_free(proposal);
}

/* Nothing is written, for a reason. */
static void settle(MlProposal *proposal, MlProposalKind kind, const char *reason)
{
    proposal->kind = kind;
    proposal->reason = reason;
    g_clear_pointer(&proposal->text, g_free);
}

/* Lines that make a file of their own; by hand where it must not be written. */
static void propose_file(MlProposal *proposal, char *lines)
{
    proposal->lines = lines;
    proposal->text = g_strdup(lines);
    proposal->kind = ML_PROPOSAL_NEW;
    if (proposal->file->trouble != NULL)
        settle(proposal, ML_PROPOSAL_BY_HAND, proposal->file->trouble);
}

/* --- the workflow ---------------------------------------------------------------------- */

static gboolean is_used_in(MlTree *tree, const char *path)
{
    g_autoptr(GBytes) bytes = ml_tree_read(tree, path, NULL, NULL);
    const char *action = "uses: miglint/miglint@";
    gsize length;
    const char *text = bytes ? g_bytes_get_data(bytes, &length) : NULL;
    return text != NULL && memmem(text, length, action, strlen(action)) != NULL;
}

static gboolean has_workflow(MlTree *tree)
{
    static const char *const folder = ".github/workflows";
    g_autoptr(GPtrArray) entries = ml_tree_list(tree, folder, NULL);
    for (guint i = 0; entries != NULL && i < entries->len; i++) {
        const MlEntry *entry = g_ptr_array_index(entries, i);
        g_autofree char *path = g_build_filename(folder, entry->name, NULL);
        if (entry->kind == ML_ENTRY_FILE && is_used_in(tree, path))
            return TRUE;
    }
    return FALSE;
}

static void propose_workflow(MlProposal *proposal, const MlSurvey *survey, gboolean forced)
{
    if (has_workflow(survey->workspace->tree))
        settle(proposal, ML_PROPOSAL_THERE, "a workflow uses the Action already");
    else if (!forced && !survey->on_github)
        settle(proposal, ML_PROPOSAL_UNMEANT,
               "the project is not on GitHub, as far as its remote tells; `miglint init workflow` "
               "writes it all the same");
    else if (proposal->file->text != NULL)
        settle(proposal, ML_PROPOSAL_BY_HAND, "there is another workflow of this name");
    else
        propose_file(proposal, g_strdup("name: migrations\n"
                                        "on: pull_request\n"
                                        "permissions:\n"
                                        "  contents: read\n"
                                        "jobs:\n"
                                        "  miglint:\n"
                                        "    runs-on: ubuntu-latest\n"
                                        "    steps:\n"
                                        "      - uses: actions/checkout@v5\n"
                                        "        with:\n"
                                        "          fetch-depth: 0\n"
                                        "      - uses: miglint/miglint@v0\n"));
}

/* --- the hook ---------------------------------------------------------------------------- */

static char *hook_entry(const char *indent, const char *end)
{
    return g_strdup_printf("%s- repo: " MIGLINT_URL "%s"
                           "%s  rev: v" MIGLINT_VERSION "%s"
                           "%s  hooks:%s"
                           "%s    - id: miglint%s",
                           indent, end, indent, end, indent, end, indent, end);
}

/* Where an entry can be added to the list of repositories. */
typedef struct {
    const char *place; /* in the text */
    guint line;        /* that it stands behind */
    char *indent;      /* of the entries */
} Gap;

/* Whether nothing but a comment stands in it. */
static gboolean is_empty(const char *line, gsize length)
{
    gsize blank = strspn(line, " ");
    return blank >= length || line[blank] == '#' || line[blank] == '\r';
}

static gboolean is_key(const char *line, gsize length, const char *key)
{
    gsize named = strlen(key);
    return length >= named && strncmp(line, key, named) == 0 &&
           is_empty(line + named, length - named);
}

/*
 * Finds the end of a list `repos:` that is written as a block, one entry a
 * dash, as pre-commit's own `sample-config` writes it. What else YAML allows is
 * not guessed at: then a person has to look.
 */
static gboolean find_gap(const char *text, Gap *gap)
{
    guint number = 0, lists = 0;
    gboolean inside = FALSE;
    if (strchr(text, '\t') != NULL || strstr(text, "|+") != NULL || strstr(text, ">+") != NULL)
        return FALSE;
    for (const char *line = text, *next; *line != '\0'; line = next) {
        gsize length = strcspn(line, "\n"), blank = strspn(line, " ");
        gboolean dash = g_str_has_prefix(line + blank, "- "), empty = is_empty(line, length);
        next = line + length + (line[length] == '\n');
        number++;
        if (number == 1 && is_key(line, length, "---"))
            continue;
        if (blank == 0 && !dash && !empty) {
            if (strchr("-.%&*!|>'\"{}[]?<=", *line) != NULL)
                return FALSE;
            inside = is_key(line, length, "repos:");
            lists += g_str_has_prefix(line, "repos");
            continue;
        }
        /* A comment further in may be text of the entry above it. */
        if (!inside ||
            (empty && (gap->indent == NULL || line[blank] != '#' || blank <= strlen(gap->indent))))
            continue;
        if (dash && gap->indent == NULL)
            gap->indent = g_strndup(line, blank);
        if (gap->indent == NULL || blank < strlen(gap->indent) ||
            (blank == strlen(gap->indent) && !dash))
            return FALSE;
        gap->place = next;
        gap->line = number;
    }
    return lists == 1 && gap->place != NULL;
}

static void add_hook(MlProposal *proposal)
{
    Gap gap = {0};
    const char *text = proposal->file->text;
    if (!find_gap(text, &gap)) {
        proposal->lines = hook_entry("  ", "\n");
        settle(proposal, ML_PROPOSAL_BY_HAND, "its list of repositories is written in another way");
    } else {
        const char *end = strstr(text, "\r\n") ? "\r\n" : "\n";
        gboolean ended = gap.place[-1] == '\n';
        g_autofree char *head = g_strndup(text, (gsize)(gap.place - text));
        proposal->kind = ML_PROPOSAL_ADDED;
        proposal->line = gap.line;
        proposal->lines = hook_entry(gap.indent, end);
        proposal->text = g_strconcat(head, ended ? "" : end, proposal->lines, gap.place, NULL);
    }
    g_free(gap.indent);
}

static void propose_hook(MlProposal *proposal, const MlSurvey *survey, gboolean forced)
{
    const MlFile *file = proposal->file;
    if (!forced && !survey->in_git)
        settle(proposal, ML_PROPOSAL_UNMEANT, "there is no git here, and so no commit to guard");
    else if (file->text != NULL && strstr(file->text, "miglint/miglint") != NULL)
        settle(proposal, ML_PROPOSAL_THERE, "it has the hook already");
    else if (file->text != NULL)
        add_hook(proposal);
    else {
        g_autofree char *entry = hook_entry("  ", "\n");
        propose_file(proposal, g_strconcat("repos:\n", entry, NULL));
    }
}

/* --- the settings ------------------------------------------------------------------------ */

/* A basic string of TOML. */
static void append_string(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (; *text != '\0'; text = g_utf8_next_char(text)) {
        gunichar character = g_utf8_get_char(text);
        if (character == '"' || character == '\\')
            g_string_append_printf(out, "\\%c", (char)character);
        else if (g_unichar_iscntrl(character))
            g_string_append_printf(out, "\\u%04X", character);
        else
            g_string_append_unichar(out, character);
    }
    g_string_append_c(out, '"');
}

static void append_setting(GString *out, const char *key, const char *value, const char *comment)
{
    if (value == NULL) {
        g_string_append_printf(out, "# %s = ...  # %s\n", key, comment);
        return;
    }
    g_string_append_printf(out, "%s = ", key);
    append_string(out, value);
    g_string_append_printf(out, "  # %s\n", comment);
}

static void propose_settings(MlProposal *proposal, const MlSurvey *survey)
{
    if (survey->settings != NULL || proposal->file->text != NULL) {
        settle(proposal, ML_PROPOSAL_THERE, "settings are there already");
        return;
    }
    GString *out = g_string_new("# Settings of miglint: " MIGLINT_URL "\n");
    append_setting(out, "base", survey->base, "what pull requests go to, as --base auto takes it");
    append_setting(out, "dialect", survey->dialect, "of the database: postgresql or sqlite");
    append_setting(out, "sqlalchemy", survey->sqlalchemy,
                   "that the migrations run with: 1.4 or 2.0");
    propose_file(proposal, g_string_free(out, FALSE));
}

MlProposal *ml_proposal_new(const MlSurvey *survey, guint part, gboolean forced)
{
    static const char *const names[ML_INIT_COUNT] = {ML_INIT_WORKFLOW_FILE, ML_INIT_HOOKS_FILE,
                                                     ML_INIT_SETTINGS_FILE};
    MlProposal *proposal = g_new0(MlProposal, 1);
    proposal->file = ml_file_find(survey->root, names[part]);
    if (part == ML_INIT_WORKFLOW)
        propose_workflow(proposal, survey, forced);
    else if (part == ML_INIT_HOOK)
        propose_hook(proposal, survey, forced);
    else
        propose_settings(proposal, survey);
    return proposal;
}
