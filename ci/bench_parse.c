/*
 * Parses the files named on its command line with tree-sitter and does nothing
 * else, on one thread: what ci/bench holds miglint against.
 */
#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

const TSLanguage *tree_sitter_python(void);

static char *read_file(const char *path, long *length)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0 || (*length = ftell(file)) < 0) {
        perror(path);
        exit(2);
    }
    rewind(file);
    char *text = malloc((size_t)*length + 1);
    if (!text || fread(text, 1, (size_t)*length, file) != (size_t)*length) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    TSParser *parser = ts_parser_new();
    if (!ts_parser_set_language(parser, tree_sitter_python()))
        return 2;
    for (int i = 1; i < argc; i++) {
        long length;
        char *text = read_file(argv[i], &length);
        ts_tree_delete(ts_parser_parse_string(parser, NULL, text, (uint32_t)length));
        free(text);
    }
    ts_parser_delete(parser);
    return 0;
}
