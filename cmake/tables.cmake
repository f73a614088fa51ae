# What the build finds in folders and writes down as plain tables, so that adding a connector, a channel, a
# command or a migration edits no list.

set(larum_generated "")

# larum_table(FOLDER LABEL NAMESPACE HEADER SUFFIX): every FOLDER/NAME.cpp but HEADER.cpp defines NAME_SUFFIX().
function(larum_table folder label namespace header suffix)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
    set(declarations "")
    set(entries "")
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        if(name STREQUAL header)
            continue()
        endif()
        string(APPEND declarations "const Kind& ${name}_${suffix}();\n")
        string(APPEND entries "        &${name}_${suffix}(),\n")
    endforeach()
    set(out ${CMAKE_BINARY_DIR}/generated/${folder}_table.cpp)
    file(CONFIGURE OUTPUT ${out} CONTENT
"// Made by the build from the files of ${label}/.
#include \"${folder}/${header}.h\"

namespace ${namespace} {

${declarations}
std::vector<const Kind*> all_kinds() {
    return {
${entries}    };
}

} // namespace ${namespace}
" @ONLY)
    set(larum_generated ${larum_generated} ${out} PARENT_SCOPE)
endfunction()

# Every daemon/commands/NAME.cpp but on_*.cpp defines add_NAME(CLI::App&, Invocation&).
function(larum_commands_table)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/daemon/commands/*.cpp)
    set(declarations "")
    set(entries "")
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        if(name MATCHES "^on_")
            continue()
        endif()
        string(APPEND declarations "void add_${name}(CLI::App&, Invocation&);\n")
        string(APPEND entries "        add_${name},\n")
    endforeach()
    set(out ${CMAKE_BINARY_DIR}/generated/commands_table.cpp)
    file(CONFIGURE OUTPUT ${out} CONTENT
"// Made by the build from the files of daemon/commands/.
#include \"daemon/commands/command.h\"

namespace larum::commands {

${declarations}
std::vector<Adder> all_commands() {
    return {
${entries}    };
}

} // namespace larum::commands
" @ONLY)
    set(larum_generated ${larum_generated} ${out} PARENT_SCOPE)
endfunction()

# daemon/migrations/NNN_name.sql, embedded with their digests.
function(larum_migrations)
    file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/daemon/migrations/*.sql)
    set(entries "")
    foreach(file ${files})
        get_filename_component(name ${file} NAME_WE)
        file(READ ${file} sql)
        file(SHA256 ${file} digest)
        string(REGEX MATCH "^[0-9]+" number ${name})
        math(EXPR version "${number}")
        # One string literal may hold 64 KiB; split at lines to stay far below.
        string(REPLACE "\n" ")larum\"\n            R\"larum(\n" sql "${sql}")
        string(APPEND entries "        {${version}, \"${name}\", \"${digest}\",\n            R\"larum(${sql})larum\"},\n")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    endforeach()
    set(out ${CMAKE_BINARY_DIR}/generated/migrations_table.cpp)
    # Not file(CONFIGURE): SQL may hold what looks like variables.
    set(text
"// Made by the build from the files of daemon/migrations/.
#include \"daemon/store/migration.h\"

namespace larum::store {

std::vector<Migration> all_migrations() {
    return {
${entries}    };
}

} // namespace larum::store
")
    file(WRITE ${out}.new "${text}")
    file(COPY_FILE ${out}.new ${out} ONLY_IF_DIFFERENT)
    set(larum_generated ${larum_generated} ${out} PARENT_SCOPE)
endfunction()
