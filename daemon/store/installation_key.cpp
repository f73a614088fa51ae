#include "daemon/store/installation_key.h"

#include "core/crypto.h"
#include "core/error.h"

#include <sodium.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

namespace larum::store {

namespace {

constexpr std::size_t key_bytes = 32;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_bytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::string keyed_hash(std::string_view key, std::string_view text) {
    std::string hash(crypto_generichash_BYTES, '\0');
    crypto_generichash(raw(hash), hash.size(), raw(text), text.size(), raw(key), key.size());
    return hash;
}

/// Reads 64 hexadecimal digits (what `make_key` writes), else 32 raw bytes.
std::string parse_key(const std::string& text, const std::string& where) {
    if (text.size() == key_bytes) return text;
    std::string bytes(key_bytes, '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const bool good = sodium_hex2bin(raw(bytes), bytes.size(), text.data(), text.size(), nullptr, &size, &end) == 0;
    const auto rest = good ? std::string_view(end, static_cast<std::size_t>(text.data() + text.size() - end)) : "?";
    if (!good || size != key_bytes || rest.find_first_not_of(" \r\n") != std::string_view::npos)
        throw Error(Error::Kind::config, where + " is no installation key; expected 64 hexadecimal digits");
    return bytes;
}

std::string read_key(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
        throw Error(Error::Kind::config, file.string() + " cannot be read by this user; run as the owner of its folder");
    std::string text(4096, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    return parse_key(text, file.string());
}

/// Written aside and linked into place, so that of two processes that start at once one makes the key and both
/// read it, and a crash leaves no half of it.
void make_key(const std::filesystem::path& file) {
    const std::string aside = file.string() + "." + to_hex(random_bytes(6));
    const int out = open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (out < 0)
        throw Error(Error::Kind::config, file.parent_path().string() + " cannot be written: " + std::strerror(errno));
    const auto line = to_hex(random_bytes(key_bytes)) + "\n";
    const bool written = write(out, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(out) == 0;
    // Started by root in a folder of the daemon's: the key is the daemon's too.
    struct stat folder{};
    if (geteuid() == 0 && stat(file.parent_path().c_str(), &folder) == 0 && fchown(out, folder.st_uid, folder.st_gid) != 0)
        errno = 0;
    close(out);
    const bool linked = written && (link(aside.c_str(), file.c_str()) == 0 || errno == EEXIST);
    const int trouble = errno;
    unlink(aside.c_str());
    if (!linked) throw Error(Error::Kind::config, file.string() + " cannot be written: " + std::strerror(trouble));
}

void check_private(const std::filesystem::path& file) {
    struct stat found{};
    if (stat(file.c_str(), &found) == 0 && (found.st_mode & 077) != 0)
        throw Error(Error::Kind::config, file.string() + " may be read by others, who could unseal tokens with it; "
                                                         "chmod 600 it");
}

} // namespace

InstallationKey::InstallationKey(std::string bytes) : bytes_(std::move(bytes)) {
    if (sodium_init() < 0) throw Error(Error::Kind::bug, "libsodium cannot start");
    if (bytes_.size() != key_bytes) throw Error(Error::Kind::config, "an installation key has 32 bytes");
}

std::string InstallationKey::derived(std::string_view use) const { return keyed_hash(bytes_, use); }

std::string InstallationKey::seal(std::string_view plain, std::string_view purpose) const {
    std::string sealed(nonce_bytes + plain.size() + tag_bytes, '\0');
    randombytes_buf(sealed.data(), nonce_bytes);
    const auto key = derived("seal");
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + nonce_bytes, nullptr, raw(plain), plain.size(),
                                               raw(purpose), purpose.size(), nullptr, raw(sealed), raw(key));
    return sealed;
}

std::string InstallationKey::unseal(std::string_view sealed, std::string_view purpose) const {
    const auto refuse = [] {
        return Error(Error::Kind::refused, "a sealed secret does not open: it was changed, or sealed with another "
                                           "installation key");
    };
    if (sealed.size() < nonce_bytes + tag_bytes) throw refuse();
    std::string plain(sealed.size() - nonce_bytes - tag_bytes, '\0');
    const auto key = derived("seal");
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), nullptr, nullptr, raw(sealed) + nonce_bytes,
                                                   sealed.size() - nonce_bytes, raw(purpose), purpose.size(),
                                                   raw(sealed), raw(key)) != 0)
        throw refuse();
    return plain;
}

std::string InstallationKey::suppression_hash(BrandId brand, std::string_view kind, std::string_view value) const {
    std::string text = std::to_string(brand);
    text.append(1, '\0').append(kind).append(1, '\0').append(value);
    return keyed_hash(derived("suppression"), text);
}

std::string InstallationKey::check() const { return to_hex(derived("check")).substr(0, 16); }

InstallationKey installation_key(const std::filesystem::path& state_dir) {
    if (const char* folder = std::getenv("CREDENTIALS_DIRECTORY")) {
        // The service manager guards this folder; its files' modes are its own matter.
        // LoadCredential=larum:/folder names each file with larum_ before it.
        for (const char* name : {"installation_key", "larum_installation_key"})
            if (const auto file = std::filesystem::path(folder) / name; std::filesystem::exists(file))
                return InstallationKey(read_key(file));
    }
    const auto file = state_dir / "key";
    if (!std::filesystem::exists(file)) make_key(file);
    check_private(file);
    return InstallationKey(read_key(file));
}

} // namespace larum::store
