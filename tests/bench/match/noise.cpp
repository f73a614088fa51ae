#include "bench/match/noise.h"

#include <array>
#include <fstream>
#include <regex>

namespace larum::bench {

namespace {

/// Another firm's ways of numbering: the year behind, letters behind, a short prefix.
std::string renumbered(std::string text) {
    static const std::array<std::pair<std::regex, const char*>, 3> ways = {{
        {std::regex("ZAM[/ -]?20(\\d\\d)[/ -]?([\\dO]{6})", std::regex::icase), "$2/$1/W"},
        {std::regex("\\bPL[- ]?(\\d{3}) ?(\\d{3})\\b", std::regex::icase), "$1$2-X"},
        {std::regex("\\bSPR[- ]?(\\d{6})\\b", std::regex::icase), "CC$1"},
    }};
    for (const auto& [pattern, into] : ways) text = std::regex_replace(text, pattern, into);
    return text;
}

std::string without_diacritics(std::string text) {
    static const std::array<std::pair<const char*, const char*>, 18> pairs = {{
        {"ą", "a"}, {"ć", "c"}, {"ę", "e"}, {"ł", "l"}, {"ń", "n"}, {"ó", "o"}, {"ś", "s"}, {"ź", "z"}, {"ż", "z"},
        {"Ą", "A"}, {"Ć", "C"}, {"Ę", "E"}, {"Ł", "L"}, {"Ń", "N"}, {"Ó", "O"}, {"Ś", "S"}, {"Ź", "Z"}, {"Ż", "Z"},
    }};
    for (const auto& [from, to] : pairs)
        for (auto at = text.find(from); at != text.npos; at = text.find(from, at)) text.replace(at, 2, to);
    return text;
}

/// One slip of the finger behind the first letter: a letter lost, doubled, or swapped with its neighbour.
std::string mistyped(std::string text, int how) {
    std::vector<std::size_t> letters;
    for (std::size_t i = 1; i + 1 < text.size(); ++i)
        if (std::isalpha(static_cast<unsigned char>(text[i])) && std::isalpha(static_cast<unsigned char>(text[i + 1]))) letters.push_back(i);
    if (letters.empty()) return text;
    const auto at = letters[static_cast<std::size_t>(how) % letters.size()];
    if (how % 3 == 0) return text.erase(at, 1);
    if (how % 3 == 1) return text.insert(at, 1, text[at]);
    std::swap(text[at], text[at + 1]);
    return text;
}

/// Of a hundred profiles 12 are mistyped, 8 show the first word only, 40 have no diacritics.
void blur_name(Told& told) {
    auto& name = told.post.author.name;
    const auto& id = told.truth.group;
    if (draw(id, 11) < 40) name = without_diacritics(name);
    if (draw(id, 12) < 12) name = mistyped(name, draw(id, 13));
    if (draw(id, 14) < 8) name = name.substr(0, name.find(' '));
    if (draw(told.post.id, 15) < 40) told.post.text = without_diacritics(told.post.text);
}

/// Of a customer's line; the maker's customers.csv quotes nothing.
std::string without_city(const std::string& line) {
    std::size_t start = 0;
    for (int column = 0; column < 4; ++column) start = line.find(',', start) + 1;
    std::string made = line;
    return made.erase(start, line.find(',', start) - start);
}

} // namespace

void tell_harder(const std::filesystem::path& from, const std::filesystem::path& to, const Noise& noise, World& world) {
    for (const std::string file : {"customers.csv", "cases.csv", "contacts.csv"}) {
        std::ifstream in(from / file);
        std::ofstream out(to / file);
        bool header = true;
        for (std::string line; std::getline(in, line); header = false) {
            if (noise.cities && file == "customers.csv" && !header && draw(line, 16) < 50) line = without_city(line);
            out << (noise.numbers && file != "customers.csv" && !header ? renumbered(line) : line) << '\n';
        }
    }
    for (auto& one : world.told) {
        if (noise.names) blur_name(one);
        if (noise.numbers) one.post.text = renumbered(one.post.text);
        if (noise.numbers) one.truth.case_ref = renumbered(one.truth.case_ref);
    }
    if (noise.numbers) world.brand.order_formats = {"NNNNNN/YY/W", "NNNNNN-X"}, world.brand.case_formats = {"CCNNNNNN"};
}

} // namespace larum::bench
