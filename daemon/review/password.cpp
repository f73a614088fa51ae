#include "daemon/review/password.h"

#include "core/crypto.h"
#include "core/error.h"

#include <semaphore>

#include <sodium.h>

namespace larum::review {

namespace {

constexpr unsigned long long passes = 2;
constexpr std::size_t memory_bytes = 19u << 20;

/// Two at once bound what sign-in costs to 38 MiB, however many ask.
std::counting_semaphore<2> turns{2};

struct Turn {
    Turn() {
        if (!turns.try_acquire_for(std::chrono::seconds(3)))
            throw Error(Error::Kind::database, "sign-in: too many at once");
    }
    ~Turn() { turns.release(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
};

void begin_sodium() {
    if (sodium_init() < 0) throw Error(Error::Kind::bug, "libsodium cannot start");
}

} // namespace

std::string hash_password(const std::string& password) {
    begin_sodium();
    const Turn turn;
    char hash[crypto_pwhash_STRBYTES];
    if (crypto_pwhash_str_alg(hash, password.data(), password.size(), passes, memory_bytes,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        throw Error(Error::Kind::database, "sign-in: no memory for a password hash");
    return hash;
}

bool password_fits(const std::string& password, const std::string& hash) {
    begin_sodium();
    const Turn turn;
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

const std::string& nobodys_hash() {
    static const std::string hash = hash_password(random_token());
    return hash;
}

void check_password(const std::string& password) {
    if (password.size() < password_bytes_min)
        throw Error(Error::Kind::input, "the password is too short: at least 10 characters");
    if (password.size() > password_bytes_max)
        throw Error(Error::Kind::input, "the password is too long: at most 256 bytes");
}

} // namespace larum::review
