#include "core/jwt.h"

#include "core/error.h"

#include <nlohmann/json.hpp>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sodium.h>

#include <memory>

namespace larum::jwt {

namespace {

template <auto Free>
struct Freed {
    template <class T> void operator()(T* it) const { Free(it); }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using EcSignature = std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>>;

constexpr int url_safe = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr int es256_number_bytes = 32;

const unsigned char* raw(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

std::string encoded(std::string_view bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), url_safe), '\0');
    sodium_bin2base64(text.data(), text.size(), raw(bytes), bytes.size(), url_safe);
    text.pop_back(); // libsodium counts the final zero
    return text;
}

std::optional<std::string> decoded(std::string_view text) {
    std::string bytes(text.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(), text.size(), nullptr, &size,
                          nullptr, url_safe) != 0)
        return {};
    bytes.resize(size);
    return bytes;
}

Bio reader(std::string_view pem) { return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))); }

/// ES256 wants the two numbers side by side, OpenSSL gives them in DER.
std::string side_by_side(const std::string& der) {
    const auto* at = raw(der);
    const EcSignature signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())));
    std::string both(2 * es256_number_bytes, '\0');
    auto* out = reinterpret_cast<unsigned char*>(both.data());
    if (!signature || BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), out, es256_number_bytes) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), out + es256_number_bytes, es256_number_bytes) < 0)
        throw Error(Error::Kind::config, "the private key is not of the curve P-256");
    return both;
}

std::string signature_of(Algorithm algorithm, std::string_view text, std::string_view private_key) {
    const Key key(PEM_read_bio_PrivateKey(reader(private_key).get(), nullptr, nullptr, nullptr));
    const int wanted = algorithm == Algorithm::es256 ? EVP_PKEY_EC : EVP_PKEY_RSA;
    if (!key || EVP_PKEY_base_id(key.get()) != wanted)
        throw Error(Error::Kind::config, std::string("the private key is no ") + (wanted == EVP_PKEY_EC ? "EC" : "RSA") + " key in PEM form");
    const Context context(EVP_MD_CTX_new());
    std::size_t size = 0;
    std::string signature;
    if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
        EVP_DigestSign(context.get(), nullptr, &size, raw(text), text.size()) == 1) {
        signature.resize(size);
        if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, raw(text), text.size()) != 1) size = 0;
        signature.resize(size);
    }
    if (signature.empty()) throw Error(Error::Kind::bug, "a token could not be signed");
    return algorithm == Algorithm::es256 ? side_by_side(signature) : signature;
}

Key public_key_of(std::string_view pem) {
    // OpenSSL takes long to find that a certificate is no key.
    if (pem.find("-----BEGIN CERTIFICATE-----") == pem.npos)
        return Key(PEM_read_bio_PUBKEY(reader(pem).get(), nullptr, nullptr, nullptr));
    const Certificate certificate(PEM_read_bio_X509(reader(pem).get(), nullptr, nullptr, nullptr));
    return Key(certificate ? X509_get_pubkey(certificate.get()) : nullptr);
}

} // namespace

std::string sign(Algorithm algorithm, const nlohmann::json& header, const nlohmann::json& claims, std::string_view private_key) {
    auto whole = header;
    whole["alg"] = algorithm == Algorithm::es256 ? "ES256" : "RS256";
    whole["typ"] = "JWT";
    const auto text = encoded(whole.dump()) + '.' + encoded(claims.dump());
    return text + '.' + encoded(signature_of(algorithm, text, private_key));
}

std::optional<Token> verify_rs256(std::string_view token, std::string_view public_key) {
    const auto first = token.find('.'), second = token.find('.', first == token.npos ? first : first + 1);
    if (second == token.npos) return {};
    const auto header = decoded(token.substr(0, first)), claims = decoded(token.substr(first + 1, second - first - 1)),
               signature = decoded(token.substr(second + 1));
    if (!header || !claims || !signature) return {};
    // The algorithm is ours to choose, never the token's: «none» and keys taken for secrets are old attacks.
    const auto named = nlohmann::json::parse(*header, nullptr, false);
    if (!named.is_object() || named.value("alg", nlohmann::json()) != "RS256") return {};
    const auto key = public_key_of(public_key);
    if (!key || EVP_PKEY_base_id(key.get()) != EVP_PKEY_RSA) return {};
    const Context context(EVP_MD_CTX_new());
    const auto text = token.substr(0, second);
    if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
        EVP_DigestVerify(context.get(), raw(*signature), signature->size(), raw(text), text.size()) != 1)
        return {};
    return Token{*header, *claims};
}

std::optional<std::string> header_of(std::string_view token) { return decoded(token.substr(0, token.find('.'))); }

} // namespace larum::jwt
