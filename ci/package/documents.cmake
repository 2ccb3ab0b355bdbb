# What Debian wants of a package beyond what is installed from sources: run by
# CPack on the staged files.
set(top "${CPACK_TEMPORARY_DIRECTORY}/usr")
set(documents "${top}/share/doc/miglint")
set(here "${CMAKE_CURRENT_LIST_DIR}")

function(compress file)
  execute_process(COMMAND gzip -9nf "${file}" COMMAND_ERROR_IS_FATAL ANY)
endfunction()

string(TIMESTAMP now "%a, %d %b %Y %H:%M:%S +0000" UTC)
configure_file("${here}/changelog.in" "${documents}/changelog.Debian" @ONLY)
file(COPY_FILE "${here}/../../CHANGELOG.md" "${documents}/changelog")
file(COPY "${here}/copyright" "${here}/../../README.md" DESTINATION "${documents}")
compress("${documents}/changelog.Debian")
compress("${documents}/changelog")
compress("${documents}/README.md")
compress("${top}/share/man/man1/miglint.1")

# Debian's zsh looks for what packages bring in a folder of its own.
file(MAKE_DIRECTORY "${top}/share/zsh/vendor-completions")
file(RENAME "${top}/share/zsh/site-functions/_miglint" "${top}/share/zsh/vendor-completions/_miglint")
file(REMOVE_RECURSE "${top}/share/zsh/site-functions")
