#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace larum {

/// The words by which an enum is known in files, JSON and the database, in the enum's own order.
/// Specialised beside each enum: `static constexpr std::string_view list[] = {"none", ...};`
template <class E>
struct Words;

template <class E>
constexpr std::size_t word_count = std::size(Words<E>::list);

template <class E>
constexpr std::string_view word(E value) {
    return Words<E>::list[static_cast<std::size_t>(value)];
}

/// The value whose word is `text`, exactly as written; nothing when there is none.
template <class E>
constexpr std::optional<E> from_word(std::string_view text) {
    for (std::size_t i = 0; i < word_count<E>; ++i)
        if (Words<E>::list[i] == text) return static_cast<E>(i);
    return std::nullopt;
}

/// «open, pending, closed», for errors that say what would be right.
template <class E>
std::string all_words() {
    std::string text;
    for (auto one : Words<E>::list) {
        if (!text.empty()) text += ", ";
        text += one;
    }
    return text;
}

} // namespace larum
