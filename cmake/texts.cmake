# larum_texts(FOLDER PATTERN NAMESPACE FUNCTION): the files of FOLDER as a table of name and content, so that what
# judges a post is data that people can read and a diff can show.
function(larum_texts folder pattern namespace function)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/${pattern})
    set(entries "")
    foreach(file ${files})
        get_filename_component(name ${file} NAME)
        file(READ ${file} content)
        # One string literal may hold 64 KiB; many short ones in a row are joined by the compiler.
        string(REPLACE "\n" "\\n\"\n            \"" content "${content}")
        string(APPEND entries "        {\"${name}\",\n            \"${content}\"},\n")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    endforeach()
    string(REPLACE "/" "_" label ${folder})
    set(out ${CMAKE_BINARY_DIR}/generated/${label}_texts.cpp)
    set(text
"// Made by the build from the files of ${folder}/.
#include <string>
#include <utility>
#include <vector>

namespace ${namespace} {

std::vector<std::pair<std::string, std::string>> ${function}() {
    return {
${entries}    };
}

} // namespace ${namespace}
")
    file(WRITE ${out}.new "${text}")
    file(COPY_FILE ${out}.new ${out} ONLY_IF_DIFFERENT)
    set(larum_generated ${larum_generated} ${out} PARENT_SCOPE)
endfunction()
