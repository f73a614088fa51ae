#include "core/error.h"
#include "core/post_json.h"
#include "core/text.h"
#include "daemon/commands/command.h"
#include "daemon/commands/on_evidence.h"
#include "daemon/judges.h"
#include "daemon/model_file.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>
#include <map>
#include <memory>

namespace larum::commands {

namespace {

using nlohmann::json;

struct Flags {
    std::string model;
    bool explain = false;
};

/// What one line asks to be judged.
struct Asked {
    std::string id, text, lang, brand, zone = "UTC";
    Time posted_at{};
};

/// One line of input. A longer one than anybody writes is an error, not memory.
constexpr std::size_t line_bytes_max = 1024 * 1024;

enum class Line { read, too_long, end };

Line next_line(std::istream& in, std::string& line) {
    line.clear();
    bool any = false, too_long = false;
    for (int c = in.get(); c != std::istream::traits_type::eof(); c = in.get()) {
        any = true;
        if (c == '\n') break;
        if (line.size() < line_bytes_max)
            line += static_cast<char>(c);
        else
            too_long = true;
    }
    if (!any) return Line::end;
    if (!line.empty() && line.back() == '\r') line.pop_back();
    return too_long ? Line::too_long : Line::read;
}

bool is_object_with_text(const std::string& line) {
    const auto object = json::parse(line, nullptr, false);
    return object.is_object() && object.contains("text");
}

std::string member(const json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (found->is_number_integer()) return found->dump();
    if (!found->is_string()) throw Error(Error::Kind::input, "field \"" + std::string(name) + "\" is not text");
    return text::valid_utf8(found->get_ref<const std::string&>());
}

Asked read_object(const std::string& line, int number) {
    const auto object = json::parse(line, nullptr, false);
    if (!object.is_object()) throw Error(Error::Kind::input, "not a JSON object; every line is one, as the first was");
    if (!object.contains("text")) throw Error(Error::Kind::input, "field \"text\" is missing");
    Asked asked;
    asked.text = member(object, "text");
    asked.id = member(object, "id");
    if (asked.id.empty()) asked.id = std::to_string(number);
    asked.lang = member(object, "lang");
    asked.brand = member(object, "brand");
    if (const auto at = member(object, "posted_at"); !at.empty()) {
        const auto time = parse_time(at);
        if (!time) throw Error(Error::Kind::input, "field \"posted_at\" is not a time like 2026-04-05T22:41:03Z (RFC 3339)");
        asked.posted_at = *time;
    }
    return asked;
}

/// The words of the brand that a post is judged against: --brand, else the one configured under the post's own
/// name, else that name alone, else the only one configured.
class Brands {
public:
    explicit Brands(const Invocation& invocation) : config_(invocation.load()), given_name_(invocation.brand) {
        if (!invocation.brand.empty())
            given_ = &of(invocation.brand);
        else if (config_.brands.size() == 1)
            fallback_ = brand_words(config_.brands.front()), zone_ = config_.brands.front().zone;
    }

    const BrandWords& words_for(const std::string& name) {
        if (given_) return *given_;
        return name.empty() ? fallback_ : of(name);
    }

    const std::string& zone() const { return zone_; }
    const config::Config& config() const { return config_; }

    /// The model file of the one brand that is judged for; empty: the built-in judgement.
    std::string model() const {
        const auto* brand = config_.find_brand(judged_as({}));
        return brand ? brand->model : std::string();
    }

    /// The brand whose own judgement counts; empty: none of the configured ones.
    std::string judged_as(const std::string& name) const {
        if (!given_name_.empty()) return given_name_;
        return name.empty() && config_.brands.size() == 1 ? config_.brands.front().name : name;
    }

private:
    const BrandWords& of(const std::string& name) {
        if (known_.size() > brands_max) known_.clear();
        const auto [place, is_new] = known_.try_emplace(name);
        if (!is_new) return place->second;
        const auto* brand = config_.find_brand(name);
        if (brand) zone_ = brand->zone;
        return place->second = brand ? brand_words(*brand) : brand_words(name);
    }

    static constexpr std::size_t brands_max = 1000;
    config::Config config_;
    std::string given_name_; ///< --brand
    std::map<std::string, BrandWords> known_;
    const BrandWords* given_ = nullptr;
    BrandWords fallback_;
    std::string zone_ = "UTC";
};

/// What spoke loudest, by the same weights as `make_judges`.
std::unique_ptr<judging::Loudest> make_loudest(const std::string& model) {
    return model.empty() ? std::make_unique<judging::Loudest>() : std::make_unique<judging::Loudest>(read_model_file(model), model);
}

void print_json(const Asked& asked, const Verdict& verdict) {
    auto object = to_json(verdict);
    object["id"] = asked.id;
    std::cout << object.dump() << std::endl;
}

void print_explained(const Asked& asked, const Verdict& verdict, const judging::Loudest& loudest, const BrandWords& brand) {
    std::cout << asked.id << '\n';
    print_signals(std::cout, asked.text, verdict);
    print_loudest(std::cout, loudest, asked.text, asked.lang, brand, verdict);
    std::cout << std::endl;
}

/// --model goes before what the config says.
Judges make_judges(const std::string& model, const config::Config& config) {
    if (model.empty()) return Judges::read(config, {});
    return std::make_shared<const Judge>(read_model_file(model), model);
}

int judge_lines(const Invocation& invocation, const Flags& flags, std::istream& in) {
    Brands brands(invocation);
    const auto judges = make_judges(flags.model, brands.config());
    const auto loudest = flags.explain ? make_loudest(flags.model.empty() ? brands.model() : flags.model) : nullptr;
    std::string line;
    int number = 0;
    bool objects = false, all_good = true;
    for (auto got = next_line(in, line); got != Line::end; got = next_line(in, line)) {
        ++number;
        if (number == 1) objects = got == Line::read && is_object_with_text(line);
        if (objects && line.empty()) continue;
        try {
            if (got == Line::too_long) throw Error(Error::Kind::input, "longer than 1 MiB");
            const auto asked = objects ? read_object(line, number) : Asked{std::to_string(number), text::valid_utf8(line), {}, {}, {}, {}};
            const auto& words = brands.words_for(asked.brand);
            const auto verdict = judges.of(brands.judged_as(asked.brand)).judge(asked.text, asked.lang, asked.posted_at, brands.zone(), words);
            if (loudest)
                print_explained(asked, verdict, *loudest, words);
            else
                print_json(asked, verdict);
        } catch (const Error& error) {
            std::fprintf(stderr, "stdin: line %d: %s\n", number, error.what());
            all_good = false;
        }
    }
    if (!std::cout) throw Error(Error::Kind::input, "stdout: cannot be written");
    return all_good ? 0 : 1;
}

} // namespace

void add_judge(CLI::App& app, Invocation& invocation) {
    auto& command = *app.add_subcommand("judge", "says what the words of posts on stdin mean, a verdict a line");
    command.footer("Example:\n  echo 'Piszę po raz trzeci, nadal bez odpowiedzi' | larum judge\n"
                   "  larum judge --brand acme < posts.jsonl\n"
                   "  larum judge --explain < posts.jsonl     # for people: each signal with the words it rests on");
    add_config_flag(command, invocation);
    add_brand_flag(command, invocation);
    auto flags = std::make_shared<Flags>();
    command.add_option("--model", flags->model, "a model that `larum train` wrote, to judge with instead of the brand's or the built-in one");
    command.add_flag("--explain", flags->explain,
                     "print each signal with its probability, its words and what spoke loudest, as text instead of JSON");
    command.callback([&invocation, flags] {
        invocation.work = [&invocation, flags] { return judge_lines(invocation, *flags, std::cin); };
    });
}

} // namespace larum::commands
