#include "core/address.h"

#include "core/error.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>

namespace larum {

namespace {

struct Block {
    std::uint32_t first;
    int bits;
};

constexpr std::uint32_t quad(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    return a << 24 | b << 16 | c << 8 | d;
}

// IANA's special-purpose registry, as far as nothing public can live there; the last is a cloud's host agent.
constexpr std::array closed_blocks = {
    Block{quad(0, 0, 0, 0), 8},       Block{quad(10, 0, 0, 0), 8},     Block{quad(100, 64, 0, 0), 10},
    Block{quad(127, 0, 0, 0), 8},     Block{quad(169, 254, 0, 0), 16}, Block{quad(172, 16, 0, 0), 12},
    Block{quad(192, 0, 0, 0), 24},    Block{quad(192, 0, 2, 0), 24},   Block{quad(192, 88, 99, 0), 24},
    Block{quad(192, 168, 0, 0), 16},  Block{quad(198, 18, 0, 0), 15},  Block{quad(198, 51, 100, 0), 24},
    Block{quad(203, 0, 113, 0), 24},  Block{quad(224, 0, 0, 0), 3},    Block{quad(168, 63, 129, 16), 32},
};

bool is_public_v4(std::uint32_t address) {
    return std::none_of(closed_blocks.begin(), closed_blocks.end(), [&](const Block& block) {
        const std::uint32_t mask = 0xffffffffu << (32 - block.bits);
        return (address & mask) == block.first;
    });
}

using Bytes16 = std::array<unsigned char, 16>;

std::uint32_t v4_at(const Bytes16& address, std::size_t at) {
    return quad(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool begins(const Bytes16& address, std::initializer_list<unsigned char> prefix) {
    return std::equal(prefix.begin(), prefix.end(), address.begin());
}

bool is_public_v6(const Bytes16& address) {
    if (begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return is_public_v4(v4_at(address, 12));
    if (begins(address, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return is_public_v4(v4_at(address, 12));
    if (begins(address, {0x20, 0x02})) return is_public_v4(v4_at(address, 2)); // 6to4
    if (begins(address, {0x20, 0x01, 0x0d, 0xb8})) return false;               // documentation
    if (begins(address, {0x20, 0x01, 0x00})) return false;                     // Teredo and protocol blocks
    // Only 2000::/3 is given out as global unicast.
    return (address[0] & 0xe0) == 0x20;
}

} // namespace

bool is_public_address(std::string_view address) {
    const std::string text(address);
    in_addr v4{};
    if (inet_pton(AF_INET, text.c_str(), &v4) == 1) return is_public_v4(ntohl(v4.s_addr));
    Bytes16 v6{};
    return inet_pton(AF_INET6, text.c_str(), v6.data()) == 1 && is_public_v6(v6);
}

std::vector<std::string> resolve(const std::string& host) {
    constexpr std::size_t addresses_max = 16;
    addrinfo wanted{};
    wanted.ai_family = AF_UNSPEC;
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (const int code = getaddrinfo(host.c_str(), nullptr, &wanted, &list); code != 0)
        throw Error(Error::Kind::unreachable, host + ": the name has no address (" + gai_strerror(code) + ")");
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> kept(list, freeaddrinfo);
    std::vector<std::string> v4, v6;
    for (const auto* one = list; one && v4.size() + v6.size() < addresses_max; one = one->ai_next) {
        char text[NI_MAXHOST];
        if (getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) != 0) continue;
        (one->ai_family == AF_INET ? v4 : v6).emplace_back(text);
    }
    v4.insert(v4.end(), v6.begin(), v6.end());
    if (v4.empty()) throw Error(Error::Kind::unreachable, host + ": the name has no address");
    return v4;
}

} // namespace larum
