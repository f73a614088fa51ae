# The chosen parts (DESIGN section 5), all from Debian. Their headers count as system headers.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(LibXml2 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(ICU REQUIRED COMPONENTS uc i18n data)
find_package(nlohmann_json REQUIRED)
find_package(spdlog REQUIRED)
find_package(cpprestsdk REQUIRED HINTS /usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/cmake)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
pkg_check_modules(PQXX REQUIRED IMPORTED_TARGET libpqxx)
pkg_check_modules(PQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SYSTEMD REQUIRED IMPORTED_TARGET libsystemd)
find_path(CLI11_INCLUDE CLI/CLI.hpp REQUIRED)
find_path(TOML_INCLUDE toml++/toml.h REQUIRED)
find_path(CLD2_INCLUDE cld2/public/compact_lang_det.h REQUIRED)
find_library(CLD2_LIBRARY cld2 REQUIRED)
find_library(SIMDJSON_LIBRARY simdjson REQUIRED)

add_library(larum_parts INTERFACE)
target_link_libraries(larum_parts INTERFACE
    Threads::Threads OpenSSL::SSL OpenSSL::Crypto CURL::libcurl LibXml2::LibXml2 ZLIB::ZLIB
    ICU::uc ICU::i18n ICU::data nlohmann_json::nlohmann_json spdlog::spdlog cpprestsdk::cpprest
    prometheus-cpp::core PkgConfig::PQXX PkgConfig::PQ PkgConfig::SODIUM PkgConfig::SYSTEMD
    ${CLD2_LIBRARY} ${SIMDJSON_LIBRARY})
target_compile_definitions(larum_parts INTERFACE SPDLOG_FMT_EXTERNAL)
