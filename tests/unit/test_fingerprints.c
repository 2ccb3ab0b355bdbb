/* What is kept of files that were compared for renames: found again by their id, within a bound. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "source/fingerprints.h"

/* About 1 MB when it is kept, and unlike all others. */
static MlFingerprint *large(guint number)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint line = 0; line < 60000; line++)
        g_string_append_printf(text, "%u of %u\n", line, number);
    g_autoptr(GBytes) content = g_bytes_new(text->str, text->len);
    return ml_fingerprint_new(content);
}

static MlBlobId id_of(guint number)
{
    MlBlobId id = {{0}};
    memcpy(id.bytes, &number, sizeof number);
    return id;
}

static void test_found_again(void **state)
{
    (void)state;
    MlFingerprints *kept = ml_fingerprints_new();
    const MlBlobId id = id_of(1), other = id_of(2);
    assert_null(ml_fingerprints_find(kept, &id));
    MlFingerprint *made = large(1);
    ml_fingerprints_add(kept, &id, made);
    MlFingerprint *found = ml_fingerprints_find(kept, &id);
    assert_ptr_equal(found, made);
    assert_null(ml_fingerprints_find(kept, &other));
    ml_fingerprints_free(kept);
    assert_int_equal(ml_fingerprint_compare(found, made, 1), ML_SIMILARITY_FULL);
    ml_fingerprint_unref(found);
    ml_fingerprint_unref(made);
}

/* Who holds one keeps it, though the rest has gone. */
static void test_bound(void **state)
{
    (void)state;
    MlFingerprints *kept = ml_fingerprints_new();
    const MlBlobId first = id_of(0);
    MlFingerprint *held = large(0);
    ml_fingerprints_add(kept, &first, held);
    guint there = 1;
    for (guint number = 1; there == number; number++) {
        const MlBlobId id = id_of(number);
        MlFingerprint *made = large(number);
        ml_fingerprints_add(kept, &id, made);
        ml_fingerprint_unref(made);
        MlFingerprint *found = ml_fingerprints_find(kept, &first);
        there += found != NULL;
        g_clear_pointer(&found, ml_fingerprint_unref);
        assert_true(number < 100);
    }
    assert_in_range(there * ml_fingerprint_bytes(held), 32 << 20, 64 << 20);
    ml_fingerprints_free(kept);
    ml_fingerprint_unref(held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_found_again),
                                       cmocka_unit_test(test_bound)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
