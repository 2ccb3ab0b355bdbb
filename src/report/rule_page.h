/* What the reports tell of a rule besides its finding. */
#pragma once

#include "miglint/report.h"

/* The address of its section in the rule reference. */
char *ml_rule_url(const MlRule *rule);

/* The body of that section, as markdown: why it matters, its examples, how to be spared it. */
void ml_rule_append_page(GString *out, const MlRule *rule);
