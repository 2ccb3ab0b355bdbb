/* A file as the set of its lines, long ones cut into pieces. */
#include "source/similarity.h"

#define PIECE_SIZE 64

typedef struct {
    guint64 hash;
    guint64 bytes; /* of all pieces that have it */
} Piece;

struct MlFingerprint {
    gatomicrefcount references;
    guint64 size;
    GArray *pieces; /* by hash, each once */
};

static gint compare_pieces(gconstpointer left, gconstpointer right)
{
    const Piece *a = left;
    const Piece *b = right;
    return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static void cut(MlFingerprint *fingerprint, const guchar *data, gsize length)
{
    const guint64 basis = 0xcbf29ce484222325, prime = 0x100000001b3; /* FNV-1a */
    Piece piece = {basis, 0};
    for (gsize i = 0; i < length; i++) {
        if (data[i] == '\r' && i + 1 < length && data[i + 1] == '\n')
            continue;
        piece.hash = (piece.hash ^ data[i]) * prime;
        if (++piece.bytes < PIECE_SIZE && data[i] != '\n')
            continue;
        g_array_append_val(fingerprint->pieces, piece);
        piece = (Piece){basis, 0};
    }
    if (piece.bytes)
        g_array_append_val(fingerprint->pieces, piece);
}

static void join_equal(GArray *pieces)
{
    guint kept = 0;
    for (guint i = 0; i < pieces->len; i++) {
        const Piece piece = g_array_index(pieces, Piece, i);
        if (kept && g_array_index(pieces, Piece, kept - 1).hash == piece.hash)
            g_array_index(pieces, Piece, kept - 1).bytes += piece.bytes;
        else
            g_array_index(pieces, Piece, kept++) = piece;
    }
    g_array_set_size(pieces, kept);
}

MlFingerprint *ml_fingerprint_new(GBytes *content)
{
    MlFingerprint *fingerprint = g_new(MlFingerprint, 1);
    g_atomic_ref_count_init(&fingerprint->references);
    gsize length;
    const guchar *data = g_bytes_get_data(content, &length);
    fingerprint->size = length;
    fingerprint->pieces = g_array_new(FALSE, FALSE, sizeof(Piece));
    cut(fingerprint, data, length);
    g_array_sort(fingerprint->pieces, compare_pieces);
    join_equal(fingerprint->pieces);
    return fingerprint;
}

MlFingerprint *ml_fingerprint_ref(MlFingerprint *fingerprint)
{
    g_atomic_ref_count_inc(&fingerprint->references);
    return fingerprint;
}

void ml_fingerprint_unref(MlFingerprint *fingerprint)
{
    if (!g_atomic_ref_count_dec(&fingerprint->references))
        return;
    g_array_unref(fingerprint->pieces);
    g_free(fingerprint);
}

gsize ml_fingerprint_bytes(const MlFingerprint *fingerprint)
{
    return sizeof *fingerprint + fingerprint->pieces->len * sizeof(Piece);
}

static guint64 count_common(const GArray *one, const GArray *other)
{
    guint64 common = 0;
    guint i = 0, j = 0;
    while (i < one->len && j < other->len) {
        const Piece *a = &g_array_index(one, Piece, i);
        const Piece *b = &g_array_index(other, Piece, j);
        if (a->hash == b->hash)
            common += MIN(a->bytes, b->bytes);
        i += a->hash <= b->hash;
        j += b->hash <= a->hash;
    }
    return common;
}

guint ml_fingerprint_compare(const MlFingerprint *one, const MlFingerprint *other, guint least)
{
    guint64 larger = MAX(one->size, other->size);
    guint64 smaller = MIN(one->size, other->size);
    if (larger == 0 ||
        larger * (ML_SIMILARITY_FULL - least) < (larger - smaller) * ML_SIMILARITY_FULL)
        return 0;
    guint64 score = count_common(one->pieces, other->pieces) * ML_SIMILARITY_FULL / larger;
    return score < least ? 0 : score;
}
