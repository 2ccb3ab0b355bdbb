#include "miglint/operation.h"

gboolean ml_text_is(MlText text, const char *expected)
{
    return text.is == ML_KNOWN && g_str_equal(text.text, expected);
}

gboolean ml_texts_hold(MlTexts texts, const char *expected)
{
    for (gsize i = 0; i < texts.length; i++)
        if (ml_text_is(texts.items[i], expected))
            return TRUE;
    return FALSE;
}
