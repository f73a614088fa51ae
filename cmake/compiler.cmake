# How everything is compiled: ccache and mold where they are, warnings, sanitizers.
find_program(LARUM_CCACHE ccache)
if(LARUM_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER ${LARUM_CCACHE})
    set(CMAKE_C_COMPILER_LAUNCHER ${LARUM_CCACHE})
endif()

find_program(LARUM_MOLD mold)
if(LARUM_MOLD)
    add_link_options(-fuse-ld=mold)
endif()

# No path of the building machine in the product; it also lets ccache serve several checkouts.
add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers)
# Debian 12's g++ judges; what a newer one suspects inside other people's headers stays a warning.
if(LARUM_WERROR AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    add_compile_options(-Werror)
endif()
if(LARUM_SANITIZE)
    add_compile_options(-fsanitize=${LARUM_SANITIZE} -fno-omit-frame-pointer)
    add_link_options(-fsanitize=${LARUM_SANITIZE})
endif()
