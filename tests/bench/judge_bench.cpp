// Measures how well and how fast posts are judged, and learns the weights that are built in.
//   judge_bench cv      DEV.jsonl [MORE.jsonl...]      learn on one half of DEV (and MORE), report on the other
//   judge_bench learn   OUT.tsv FILE[:weight]...       the weights of a model from labelled files
//   judge_bench speed   FILE                           posts per second on one thread
//   judge_bench plain                                  stdin as the lexicon sees it
#include "daemon/judge/judge.h"
#include "daemon/judge/labels.h"

#include <openssl/evp.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <string>

using namespace larum;
using namespace larum::judging;

namespace {

std::vector<LabelledPost> read_posts(const std::string& file) {
    std::ifstream in(file);
    std::vector<LabelledPost> posts;
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) posts.push_back(parse_labelled(line));
    if (posts.empty()) std::fprintf(stderr, "%s: no posts\n", file.c_str());
    return posts;
}

/// The half that was looked at while phrases were written, and the half that was not.
bool is_studied(const std::string& id) {
    const auto dash = id.find('-');
    if (dash != id.npos && std::atoi(id.c_str() + dash + 1) <= 40) return true;
    unsigned char digest[16];
    unsigned size = 0;
    EVP_Digest(id.data(), id.size(), digest, &size, EVP_md5(), nullptr);
    return digest[15] % 2 == 0;
}

struct Counts {
    int right_yes = 0, wrong_yes = 0, wrong_no = 0, right_no = 0;
    void add(bool said, bool is) { ++(said ? (is ? right_yes : wrong_yes) : (is ? wrong_no : right_no)); }
    static double f1(int hit, int false_alarm, int miss) { return hit ? 2.0 * hit / (2.0 * hit + false_alarm + miss) : 0; }
    double f1() const { return f1(right_yes, wrong_yes, wrong_no); }
    double macro() const { return (f1() + f1(right_no, wrong_no, wrong_yes)) / 2; }
};

double odds_of(const Model& model, const LabelledPost& post, const Lexicon& lexicon, Weights& odds) {
    Reading reading;
    std::vector<Feature> features;
    read(post.text, post.lang, brand_words(post.brand), lexicon, reading);
    features_of(reading, lexicon, features);
    odds = model.weigh(features);
    return odds[0];
}

void report(const char* name, const Model& model, const std::vector<const LabelledPost*>& posts, const Lexicon& lexicon, bool show) {
    Counts complaint, repeat, promise;
    int topics = 0, right = 0;
    for (const auto* post : posts) {
        Weights odds;
        odds_of(model, *post, lexicon, odds);
        if (post->complaint) complaint.add(odds[0] > 0, *post->complaint);
        if (post->repeat_contact) repeat.add(odds[1] > 0, *post->repeat_contact);
        if (post->broken_promise) promise.add(odds[2] > 0, *post->broken_promise);
        if (post->topic) {
            ++topics;
            right += std::max_element(odds.begin() + 3, odds.end()) - odds.begin() - 3 == static_cast<long>(*post->topic);
        }
        const auto differ = [&](const char* what, double z, const std::optional<bool>& is) {
            if (show && is && (z > 0) != *is)
                std::printf("  %s %.2f %s | %s\n", what, probability(z), post->id.c_str(), post->text.c_str());
        };
        differ("complaint", odds[0], post->complaint);
        differ("repeat", odds[1], post->repeat_contact);
        differ("promise", odds[2], post->broken_promise);
    }
    std::printf("%-10s n %4zu  complaint macro %.3f (fp %d fn %d)  repeat f1 %.3f (fp %d fn %d)  promise f1 %.3f (fp %d fn %d)  topic %.3f\n", name,
                posts.size(), complaint.macro(), complaint.wrong_yes, complaint.wrong_no, repeat.f1(), repeat.wrong_yes,
                repeat.wrong_no, promise.f1(), promise.wrong_yes, promise.wrong_no, topics ? double(right) / topics : 0.0);
}

int cross(int argc, char** argv) {
    const Lexicon lexicon(built_in_lexicon());
    Learning learning;
    const bool show = std::getenv("SHOW");
    if (const char* value = std::getenv("CONCEPT")) learning.concept_strength = std::atof(value);
    if (const char* value = std::getenv("WORDING")) learning.wording_strength = std::atof(value);
    const auto dev = read_posts(argv[2]);
    std::vector<Example> more;
    for (int i = 3; i < argc; ++i) {
        const std::string name = argv[i];
        const auto colon = name.rfind(':');
        const float weight = colon == name.npos ? 1.0f : std::strtof(name.c_str() + colon + 1, nullptr);
        for (const auto& post : read_posts(name.substr(0, colon))) more.push_back(example_of(post, lexicon, weight));
    }
    for (const bool studied : {false, true}) {
        if (studied && !std::getenv("BOTH")) break;
        auto examples = more;
        std::vector<const LabelledPost*> judged, pl, en, rest;
        for (const auto& post : dev) {
            if (is_studied(post.id) != studied) {
                examples.push_back(example_of(post, lexicon));
                continue;
            }
            judged.push_back(&post);
            (post.lang == "pl" ? pl : post.lang == "en" ? en : rest).push_back(&post);
        }
        const auto model = Model::parse(learn(examples, learning), "learned");
        std::printf("learned %zu features from %zu posts\n", model.size(), examples.size());
        report("all", model, judged, lexicon, show);
        report("pl", model, pl, lexicon, false);
        report("en", model, en, lexicon, false);
        report("de, uk", model, rest, lexicon, false);
    }
    return 0;
}

int learn_file(int argc, char** argv) {
    const Lexicon lexicon(built_in_lexicon());
    std::vector<Example> examples;
    for (int i = 3; i < argc; ++i) {
        const std::string name = argv[i];
        const auto colon = name.rfind(':');
        const float weight = colon == name.npos ? 1.0f : std::strtof(name.c_str() + colon + 1, nullptr);
        for (const auto& post : read_posts(name.substr(0, colon))) examples.push_back(example_of(post, lexicon, weight));
    }
    std::ofstream(argv[2]) << learn(examples);
    return 0;
}

int speed(const std::string& file) {
    const auto start = std::chrono::steady_clock::now();
    const Judge judge;
    const auto built = std::chrono::steady_clock::now();
    const auto posts = read_posts(file);
    std::size_t judged = 0;
    const auto from = std::chrono::steady_clock::now();
    auto until = from;
    do {
        for (const auto& post : posts) judge.judge(post.text, post.lang, Time{}, "UTC", {});
        judged += posts.size();
        until = std::chrono::steady_clock::now();
    } while (until - from < std::chrono::seconds(3));
    std::printf("built in %.2f s; %.0f posts/s\n", std::chrono::duration<double>(built - start).count(),
                static_cast<double>(judged) / std::chrono::duration<double>(until - from).count());
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    const std::string mode = argc > 1 ? argv[1] : "";
    if (mode == "cv" && argc > 2) return cross(argc, argv);
    if (mode == "learn" && argc > 3) return learn_file(argc, argv);
    if (mode == "speed" && argc > 2) return speed(argv[2]);
    if (mode == "plain") {
        const Lexicon lexicon(built_in_lexicon());
        for (std::string line; std::getline(std::cin, line);) {
            Reading reading;
            read(line, "", {}, lexicon, reading);
            std::printf("%s %s\n", std::string(reading.lang).c_str(), reading.plain.text.c_str());
            for (const auto& hit : reading.hits)
                std::printf("    %s: %s\n", lexicon.concepts()[hit.concept_id].c_str(),
                            reading.plain.text.substr(hit.start, hit.end - hit.start).c_str());
        }
        return 0;
    }
    std::fprintf(stderr, "usage: judge_bench cv DEV MORE... | learn OUT FILE[:weight]... | speed FILE | plain\n");
    return 2;
}
