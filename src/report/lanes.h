/*
 * The lanes of a drawn graph, in the manner of `git log --graph`.
 *
 * Items are drawn one after the other, children before parents, under numbers
 * that the caller chooses. A lane waits for one item. Lanes fork only below
 * an item and run together where they wait for the same one.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct MlLanes MlLanes;

MlLanes *ml_lanes_new(gboolean colour);
void ml_lanes_free(MlLanes *lanes);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(MlLanes, ml_lanes_free)

/*
 * Begins item `item`. After that, each parent either gets a lane or, where the
 * drawing is as wide as it may be, does not (FALSE).
 */
void ml_lanes_begin(MlLanes *lanes, guint item);
gboolean ml_lanes_add_parent(MlLanes *lanes, guint parent);

/* The item has parents that get no lane: one lane is drawn for them that ends below the item in
 * "~". */
void ml_lanes_add_end(MlLanes *lanes);

/* Draws the item with `text` (one line, without its end), and the way to where the next can be
 * drawn. */
void ml_lanes_draw(MlLanes *lanes, GString *out, const char *text);

G_END_DECLS
