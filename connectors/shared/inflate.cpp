#include "connectors/shared/inflate.h"

#include <zlib.h>

#include <array>

namespace larum::connectors {

std::optional<std::string> gunzip(std::string_view bytes, std::size_t bytes_max) {
    if (!bytes.starts_with("\x1F\x8B")) return std::string(bytes);
    z_stream stream{};
    constexpr int gzip_only = 16 + MAX_WBITS;
    if (inflateInit2(&stream, gzip_only) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string plain;
    std::array<char, 1u << 14> part{};
    int state = Z_OK;
    while (state == Z_OK && plain.size() <= bytes_max) {
        stream.next_out = reinterpret_cast<Bytef*>(part.data());
        stream.avail_out = part.size();
        state = inflate(&stream, Z_NO_FLUSH);
        plain.append(part.data(), part.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (state != Z_STREAM_END || plain.size() > bytes_max) return std::nullopt;
    return plain;
}

} // namespace larum::connectors
