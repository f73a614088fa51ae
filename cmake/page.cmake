# The review page: built by Vite when LARUM_PAGE is on and npm is there, then embedded as one generated source.
# Without it the binary says on its page how to build it.
function(larum_page)
    set(ui ${CMAKE_SOURCE_DIR}/daemon/review/ui)
    set(out ${CMAKE_BINARY_DIR}/generated/page_assets.cpp)
    set(larum_generated ${larum_generated} ${out} PARENT_SCOPE)
    find_program(LARUM_NPM npm)
    find_program(LARUM_NODE node)
    if(NOT LARUM_PAGE OR NOT LARUM_NPM OR NOT LARUM_NODE)
        message(STATUS "review page: not built (${LARUM_PAGE}; npm: ${LARUM_NPM})")
        set(none
"// Made by the build: larum without its page.
#include \"daemon/review/page.h\"

namespace larum::review {

std::vector<Asset> page_assets() { return {}; }

} // namespace larum::review
")
        file(WRITE ${out}.new "${none}")
        file(COPY_FILE ${out}.new ${out} ONLY_IF_DIFFERENT)
        return()
    endif()

    # Built in a folder of the build tree, so that nothing is written into the sources.
    set(room ${CMAKE_BINARY_DIR}/page)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${ui}/src/* ${ui}/public/*)
    set(frame ${ui}/index.html ${ui}/vite.config.ts ${ui}/tsconfig.json ${ui}/embed.mjs)
    add_custom_command(OUTPUT ${room}/installed
        COMMAND ${CMAKE_COMMAND} -E make_directory ${room}
        COMMAND ${CMAKE_COMMAND} -E copy ${ui}/package.json ${ui}/package-lock.json ${room}
        COMMAND ${CMAKE_COMMAND} -E chdir ${room} ${LARUM_NPM} ci --no-audit --no-fund --prefer-offline --loglevel=error
        COMMAND ${CMAKE_COMMAND} -E touch ${room}/installed
        DEPENDS ${ui}/package.json ${ui}/package-lock.json
        COMMENT "review page: npm ci (without a network: configure with -DLARUM_PAGE=OFF)"
        VERBATIM)
    add_custom_command(OUTPUT ${out}
        COMMAND ${CMAKE_COMMAND} -E rm -rf ${room}/src ${room}/public
        COMMAND ${CMAKE_COMMAND} -E copy_directory ${ui}/src ${room}/src
        COMMAND ${CMAKE_COMMAND} -E copy_directory ${ui}/public ${room}/public
        COMMAND ${CMAKE_COMMAND} -E copy ${frame} ${room}
        COMMAND ${CMAKE_COMMAND} -E chdir ${room} ${LARUM_NPM} run --silent build
        COMMAND ${CMAKE_COMMAND} -E chdir ${room} ${LARUM_NODE} embed.mjs dist ${out}
        DEPENDS ${room}/installed ${sources} ${frame}
        COMMENT "review page: building"
        VERBATIM)
endfunction()
