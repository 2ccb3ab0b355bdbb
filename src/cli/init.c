#include "cli/init.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    MlStateOptions state;
    gboolean yes;
    gboolean dry_run;
} Options;

static void options_clear(Options *options)
{
    ml_state_options_clear(&options->state);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void add_options(GArray *entries, gpointer into)
{
    Options *options = into;
    const GOptionEntry own[] = {
        {"directory", 'C', 0, G_OPTION_ARG_FILENAME, &options->state.folder,
         "start in DIR instead of the current folder", "DIR"},
        {"yes", 'y', 0, G_OPTION_ARG_NONE, &options->yes, "write without asking", NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &options->dry_run, "only show what would be written",
         NULL},
    };
    g_array_append_vals(entries, own, G_N_ELEMENTS(own));
}

/* --- showing -------------------------------------------------------------------------- */

static void append_safe(GString *out, const char *text)
{
    g_autofree char *safe = ml_report_safe(text);
    g_string_append(out, safe);
}

static void show_survey(const MlSurvey *survey)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const GPtrArray *all = survey->workspace->migrations;
    g_string_append_printf(out, "%u revision%s in ", survey->revisions,
                           survey->revisions == 1 ? "" : "s");
    for (guint i = 0; i < all->len; i++) {
        if (i > 0)
            g_string_append(out, ", ");
        append_safe(out, ((const MlMigrations *)g_ptr_array_index(all, i))->project->name);
    }
    g_string_append_printf(out, "; %s; base: ",
                           !survey->in_git     ? "no git"
                           : survey->on_github ? "GitHub"
                                               : "git, not on GitHub");
    append_safe(out, survey->base ? survey->base : "cannot be told");
    g_string_append_printf(out, "; dialect: %s\n",
                           survey->dialect ? survey->dialect : "cannot be told");
    ml_cli_write(NULL, out, NULL);
}

static void append_lines(GString *out, const char *lines)
{
    g_auto(GStrv) all = g_strsplit(lines, "\n", -1);
    for (char **line = all; *line != NULL; line++) {
        if (line[1] == NULL && **line == '\0')
            break;
        g_strchomp(*line);
        g_string_append(out, "    + ");
        append_safe(out, *line);
        g_string_append_c(out, '\n');
    }
}

static void show_proposal(const MlProposal *proposal)
{
    g_autoptr(GString) out = g_string_new("\n");
    g_string_append(out, proposal->file->name);
    switch (proposal->kind) {
    case ML_PROPOSAL_NEW:
        g_string_append(out, ", a new file:\n");
        break;
    case ML_PROPOSAL_ADDED:
        g_string_append_printf(out, ", added behind line %u:\n", proposal->line);
        break;
    case ML_PROPOSAL_BY_HAND:
        g_string_append(out, ": ");
        append_safe(out, proposal->reason);
        g_string_append(out, proposal->lines ? "; add by hand:\n" : ", and stays as it is\n");
        break;
    case ML_PROPOSAL_THERE:
    case ML_PROPOSAL_UNMEANT:
        g_string_append_printf(out, ": %s\n", proposal->reason);
        break;
    }
    if (proposal->lines != NULL)
        append_lines(out, proposal->lines);
    ml_cli_write(NULL, out, NULL);
}

/* What a project with a past can do about it. */
static void show_past(const MlSurvey *survey)
{
    g_autoptr(GString) out = g_string_new(NULL);
    guint findings = survey->errors + survey->others;
    if (findings == 0)
        return;
    g_string_append_printf(
        out,
        "\n%u finding%s there already (%u error%s), which neither the Action nor the hook holds "
        "against a change.\nPlain `miglint` tells of all of them; to make peace with the past:\n"
        "    miglint --write-baseline miglint-baseline.json    and commit that file\n"
        "    baseline = \"miglint-baseline.json\"    in the settings: only what is new is told\n",
        findings, findings == 1 ? " is" : "s are", survey->errors, survey->errors == 1 ? "" : "s");
    ml_cli_write(NULL, out, NULL);
}

/* --- writing --------------------------------------------------------------------------- */

static gboolean agrees(const char *name)
{
    char answer[16] = "";
    g_autofree char *question = g_strdup_printf("write %s? [y/N] ", name);
    g_autoptr(GString) out = g_string_new(question);
    ml_cli_write(NULL, out, NULL);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        return FALSE;
    g_strstrip(answer);
    return g_ascii_strcasecmp(answer, "y") == 0 || g_ascii_strcasecmp(answer, "yes") == 0;
}

/* What is left to do once it is written. */
static const char *next_step(const MlProposal *proposal, const MlSurvey *survey)
{
    if (strcmp(proposal->file->name, ML_INIT_HOOKS_FILE) == 0)
        return ": `pre-commit install` puts it into this clone";
    return survey->base != NULL && strcmp(proposal->file->name, ML_INIT_SETTINGS_FILE) == 0
               ? ": `miglint --base auto` judges what you do from now on"
               : "";
}

static gboolean write_proposal(const MlProposal *proposal, const MlSurvey *survey,
                               const Options *options, GError **error)
{
    if (proposal->text == NULL || (!options->yes && !agrees(proposal->file->name)))
        return TRUE;
    if (!ml_file_write(proposal->file, proposal->text, error))
        return FALSE;
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "wrote %s%s\n", proposal->file->name, next_step(proposal, survey));
    return ml_cli_write(NULL, out, error);
}

/* What is said in place of writing; NULL: it can be done. */
static const char *why_not(guint open, const Options *options)
{
    if (open == 0)
        return "There is nothing to write.";
    if (options->dry_run)
        return "Nothing is written: this was a dry run.";
    if (!options->yes && (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
        return "Nothing is written: nobody can be asked here. `miglint init --yes` writes it.";
    return NULL;
}

static guint show_all(const MlSurvey *survey, const GPtrArray *proposals)
{
    guint open = 0;
    show_survey(survey);
    for (guint i = 0; i < proposals->len; i++) {
        const MlProposal *proposal = g_ptr_array_index(proposals, i);
        show_proposal(proposal);
        open += proposal->text != NULL;
    }
    show_past(survey);
    return open;
}

/* Shows all and then writes, so that nothing is written that was not seen before. */
static gboolean offer(const MlSurvey *survey, const GPtrArray *proposals, const Options *options,
                      GError **error)
{
    const char *reason = why_not(show_all(survey, proposals), options);
    g_autoptr(GString) end = g_string_new("\n");
    if (reason != NULL)
        g_string_append_printf(end, "%s\n", reason);
    if (!ml_cli_write(NULL, end, error))
        return FALSE;
    for (guint i = 0; reason == NULL && i < proposals->len; i++)
        if (!write_proposal(g_ptr_array_index(proposals, i), survey, options, error))
            return FALSE;
    return TRUE;
}

/* --- running ----------------------------------------------------------------------------- */

/* Which parts the arguments name; all, where there are none. */
static gboolean choose_parts(int argc, char **argv, gboolean wanted[ML_INIT_COUNT], GError **error)
{
    for (gsize i = 0; i < ML_INIT_COUNT; i++)
        wanted[i] = argc < 2;
    for (int i = 1; i < argc; i++) {
        gsize part;
        if (!ml_cli_choose("init", ML_INIT_PARTS, argv[i], -1, &part, error))
            return FALSE;
        wanted[part] = TRUE;
    }
    return TRUE;
}

static int run(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_auto(Options) options = {0};
    gboolean wanted[ML_INIT_COUNT];
    if (!ml_cli_parse(&ml_command_init, &options, &argc, &argv))
        return ML_EXIT_ERROR;
    if (!choose_parts(argc, argv, wanted, &error))
        return ml_cli_fail(error);
    options.state.quiet = TRUE;
    g_autoptr(MlSurvey) survey = ml_survey_new(&options.state, &error);
    if (survey == NULL)
        return ml_cli_fail(error);
    g_autoptr(GPtrArray) proposals =
        g_ptr_array_new_with_free_func((GDestroyNotify)ml_proposal_free);
    for (guint part = 0; part < ML_INIT_COUNT; part++)
        if (wanted[part])
            g_ptr_array_add(proposals, ml_proposal_new(survey, part, argc > 1));
    return offer(survey, proposals, &options, &error) ? ML_EXIT_OK : ml_cli_fail(error);
}

static const MlExample examples[] = {
    {"miglint init", "show what would be written, and ask"},
    {"miglint init --dry-run", "only show it"},
    {"miglint init hook --yes", "add the pre-commit hook, and nothing else"},
    {NULL, NULL},
};

const MlCommand ml_command_init = {
    .name = "init",
    .summary = "set a project up: workflow, hook, settings",
    .arguments = "[" ML_INIT_PARTS "]...",
    .description =
        "Looks at a project and offers what suits it: a workflow for pull requests on GitHub, the "
        "entry of a pre-commit hook, and a file with settings. Everything is shown first, and "
        "nothing is written without being asked for; what is there stays, and is added to only "
        "where that is sure to be right. Elsewhere it shows the lines to add by hand.",
    .examples = examples,
    .options_size = sizeof(Options),
    .add_options = add_options,
    .run = run,
};
