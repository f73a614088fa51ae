// Measures how well and how fast posts are judged, and learns the weights that are built in.
//   judge_bench cv      DEV.jsonl [MORE.jsonl...]      learn on one half of DEV (and MORE), report on the other
//   judge_bench unseen  FILE MORE[:weight]...          learn on MORE only, report on FILE
//   judge_bench eval    FILE                           report on FILE as shipped
//   judge_bench learn   OUT.tsv FILE[:weight]...       the weights of a model from labelled files
//   judge_bench folds   FILE...                        learn on three quarters, report on the fourth, four times
//   judge_bench measure DATA [MODEL]                a line «name value» for each row of the quality table
//   judge_bench speed   FILE                           posts per second on one thread
//   judge_bench why HEAD                             stdin: what each feature says about one head
//   judge_bench plain                                  stdin as the lexicon sees it
#include "daemon/judge/judge.h"
#include "judge_measure.h"
#include "scores.h"
#include "daemon/judge/corpus.h"

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>

using namespace larum;
using namespace larum::judging;
using namespace larum::bench;

namespace {

std::vector<LabelledPost> read_posts(const std::string& file) {
    std::ifstream in(file);
    if (file.ends_with(".txt")) {
        const std::string content{std::istreambuf_iterator<char>(in), {}};
        return parse_corpus(content, file.substr(file.rfind('/') + 1));
    }
    std::vector<LabelledPost> posts;
    for (std::string line; std::getline(in, line);) {
        if (line.empty()) continue;
        if (line.front() == '{')
            posts.push_back(parse_labelled(line));
        else
            posts.emplace_back().text = line;
    }
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

template <class E>
std::vector<std::string> words_of(const std::vector<E>& list) {
    std::vector<std::string> words;
    for (const auto one : list) words.emplace_back(word(one));
    return words;
}

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& one : list) text += one + " ";
    return text;
}

Verdict verdict_of(const Judge& judge, const LabelledPost& post) {
    return judge.judge(post.text, post.lang, post.posted_at.value_or(Time{}), "UTC", brand_words(post.brand));
}

void report(const char* name, const std::vector<std::pair<const LabelledPost*, const Verdict*>>& posts, const char* show) {
    Counts complaint, repeat, promise, behalf, not_solved;
    Set channels, threats, hazards;
    Calibration calibration;
    int topics = 0, right = 0, counts = 0, counted = 0, stated = 0, stated_right = 0;
    const auto differ = [&](const char* what, const std::string& said, const std::string& is, const LabelledPost& post) {
        if (show && std::strstr(show, what))
            std::printf("  %s said %s, is %s | %s %s\n", what, said.c_str(), is.c_str(), post.id.c_str(), post.text.c_str());
    };
    for (const auto& [post, found] : posts) {
        const auto& verdict = *found;
        const auto binary = [&](const char* what, Counts& counts_of, double p, const std::optional<bool>& is) {
            if (!is) return;
            counts_of.add(p >= 0.5, *is);
            if ((p >= 0.5) != *is) differ(what, std::to_string(p).substr(0, 4), *is ? "yes" : "no", *post);
        };
        binary("complaint", complaint, verdict.complaint, post->complaint);
        binary("repeat", repeat, verdict.repeat_contact, post->repeat_contact);
        binary("promise", promise, verdict.broken_promise, post->broken_promise);
        binary("behalf", behalf, verdict.on_behalf, post->on_behalf);
        binary("not_solved", not_solved, verdict.not_solved, post->not_solved);
        if (post->hazard) hazards.add(words_of(verdict.hazard), *post->hazard);
        if (post->complaint) calibration.add(verdict.complaint, *post->complaint);
        if (post->channels) {
            channels.add(words_of(verdict.channels), *post->channels);
            if (auto a = words_of(verdict.channels), b = *post->channels; std::sort(b.begin(), b.end()), std::sort(a.begin(), a.end()), a != b)
                differ("channels", joined(a), joined(b), *post);
        }
        if (post->threat) {
            threats.add(words_of(verdict.threat), *post->threat);
            if (auto a = words_of(verdict.threat), b = *post->threat; std::sort(b.begin(), b.end()), std::sort(a.begin(), a.end()), a != b)
                differ("threat", joined(a), joined(b), *post);
        }
        if (post->stated_contacts) {
            const auto is = *post->stated_contacts;
            ++counts, counted += verdict.stated_contacts == is;
            if (is) ++stated, stated_right += verdict.stated_contacts == is;
            if (verdict.stated_contacts != is)
                differ("count", std::to_string(verdict.stated_contacts.value_or(0)), std::to_string(is.value_or(0)), *post);
        }
        if (post->topic) {
            ++topics, right += verdict.topic == *post->topic;
            if (verdict.topic != *post->topic) differ("topic", std::string(word(verdict.topic)), std::string(word(*post->topic)), *post);
        }
    }
    const auto share = [](int part, int all) { return all ? static_cast<double>(part) / all : 0.0; };
    std::printf("%-7s %5zu | complaint macro %.3f (fp %d fn %d) ece %.3f | repeat %.3f (fp %d fn %d) | count %.3f (stated %.3f) | "
                "channels %.3f | threat %.3f | promise %.3f | topic %.3f | behalf %.3f | not_solved %.3f | hazard %.3f\n",
                name, posts.size(), complaint.macro(), complaint.wrong_yes, complaint.wrong_no, calibration.error(), repeat.f1(),
                repeat.wrong_yes, repeat.wrong_no, share(counted, counts), share(stated_right, stated),
                share(channels.exact, channels.all), threats.each.f1(), promise.f1(), share(right, topics), behalf.f1(), not_solved.f1(), hazards.each.f1());
}

/// The table by language.
void report_all(const Judge& judge, const std::vector<LabelledPost>& posts, const std::function<bool(const std::string&)>& wanted) {
    std::vector<const LabelledPost*> all, pl, en, rest;
    for (const auto& post : posts) {
        if (!wanted(post.id)) continue;
        all.push_back(&post);
        (post.lang == "pl" ? pl : post.lang == "en" ? en : rest).push_back(&post);
    }
    const auto tell = [&](const char* name, const std::vector<const LabelledPost*>& some, const char* show) {
        std::vector<Verdict> verdicts;
        for (const auto* post : some) verdicts.push_back(verdict_of(judge, *post));
        std::vector<std::pair<const LabelledPost*, const Verdict*>> judged;
        for (std::size_t i = 0; i < some.size(); ++i) judged.emplace_back(some[i], &verdicts[i]);
        report(name, judged, show);
    };
    tell("all", all, std::getenv("SHOW"));
    tell("pl", pl, nullptr);
    tell("en", en, nullptr);
    tell("de, uk", rest, nullptr);
}

/// «FILE» or «FILE:weight».
std::pair<std::string, float> weighted(const std::string& name) {
    const auto colon = name.rfind(':');
    if (colon == name.npos) return {name, 1.0f};
    return {name.substr(0, colon), std::strtof(name.c_str() + colon + 1, nullptr)};
}

int cross(int argc, char** argv) {
    const Reader reader;
    Learning learning;
    if (const char* value = std::getenv("CONCEPT")) learning.concept_strength = std::atof(value);
    if (const char* value = std::getenv("WORDING")) learning.wording_strength = std::atof(value);
    const auto dev = read_posts(argv[2]);
    std::vector<Example> more;
    for (int i = 3; i < argc; ++i) {
        const auto [file, weight] = weighted(argv[i]);
        for (const auto& post : read_posts(file)) more.push_back(example_of(post, reader, weight));
    }
    auto examples = more;
    for (const auto& post : dev)
        if (is_studied(post.id)) examples.push_back(example_of(post, reader));
    const Judge judge(learn(examples, learning), "learned");
    report_all(judge, dev, [](const std::string& id) { return !is_studied(id); });
    if (std::getenv("BOTH")) {
        examples = more;
        for (const auto& post : dev)
            if (!is_studied(post.id)) examples.push_back(example_of(post, reader));
        report_all(Judge(learn(examples, learning), "learned"), dev, is_studied);
    }
    return 0;
}

/// Learns on three quarters of the posts in the files and reports on the fourth, four times, all told by file.
int folds(int argc, char** argv) {
    const Reader reader;
    std::map<std::string, std::vector<LabelledPost>> files;
    std::vector<Example> all;
    std::vector<std::vector<LabelledPost>> parts(4);
    for (int i = 2; i < argc; ++i)
        for (auto& post : read_posts(argv[i])) {
            all.push_back(example_of(post, reader));
            parts[all.back().fold % 4].push_back(std::move(post));
        }
    std::vector<std::pair<LabelledPost, Verdict>> judged;
    for (unsigned fold = 0; fold < 4; ++fold) {
        std::vector<Example> rest;
        for (const auto& one : all)
            if (one.fold % 4 != fold) rest.push_back(one);
        Learning learning;
        learning.folds = 0;
        const Judge judge(learn(rest, learning), "learned");
        for (const auto& post : parts[fold]) judged.emplace_back(post, verdict_of(judge, post));
    }
    std::map<std::string, std::vector<std::pair<const LabelledPost*, const Verdict*>>> groups;
    for (const auto& [post, verdict] : judged)
        for (const auto& group : {std::string("all"), post.lang, post.id.substr(0, post.id.find(':'))}) groups[group].emplace_back(&post, &verdict);
    for (const auto& [group, posts] : groups) report(group.c_str(), posts, group == "all" ? std::getenv("SHOW") : nullptr);
    return 0;
}

/// Learns from the other files only.
int unseen(int argc, char** argv) {
    const Reader reader;
    std::vector<Example> examples;
    for (int i = 3; i < argc; ++i) {
        const auto [file, weight] = weighted(argv[i]);
        for (const auto& post : read_posts(file)) examples.push_back(example_of(post, reader, weight));
    }
    report_all(Judge(learn(examples), "learned"), read_posts(argv[2]), [](const std::string&) { return true; });
    return 0;
}

/// There is more ordinary talk in the world than in the corpora.
constexpr float ordinary_weight = 2.5f;

int learn_file(int argc, char** argv) {
    const Reader reader;
    std::vector<Example> examples;
    for (int i = 3; i < argc; ++i) {
        const auto [file, weight] = weighted(argv[i]);
        for (const auto& post : read_posts(file)) examples.push_back(example_of(post, reader, post.service.value_or(true) ? weight : weight * ordinary_weight));
    }
    Learning learning;
    if (const char* value = std::getenv("CONCEPT")) learning.concept_strength = std::atof(value);
    if (const char* value = std::getenv("WORDING")) learning.wording_strength = std::atof(value);
    if (const char* value = std::getenv("SHAPE")) learning.shape_strength = std::atof(value);
    std::ofstream(argv[2]) << learn(examples, learning);
    return 0;
}

/// What each feature of each line of stdin says about one head, the loudest first.
int why(int head) {
    const Reader reader;
    std::string content = built_in_model().front().second;
    if (const char* file = std::getenv("MODEL")) { std::ifstream in(file); content.assign(std::istreambuf_iterator<char>(in), {}); }
    const auto model = Model::parse(content, "model");
    for (std::string line; std::getline(std::cin, line);) {
        Reading reading;
        std::vector<Feature> features;
        std::vector<std::string> names;
        reader.read(line, "", {}, reading);
        features_of(reading, reader.lexicon(), features, &names);
        std::vector<std::pair<float, std::string>> parts;
        for (std::size_t i = 0; i < features.size(); ++i)
            if (const auto* weights = model.weights(features[i].key)) parts.emplace_back(features[i].value * (*weights)[head], names[i]);
        std::sort(parts.begin(), parts.end(), [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
        std::printf("%s\n", line.c_str());
        for (std::size_t i = 0; i < std::min<std::size_t>(parts.size(), 40); ++i) std::printf("  %+.2f %s\n", parts[i].first, parts[i].second.c_str());
    }
    return 0;
}

/// Names and values of every feature of every post, as JSON, for experiments.
int features(int argc, char** argv) {
    const Reader reader;
    for (int i = 2; i < argc; ++i)
        for (const auto& post : read_posts(argv[i])) {
            const auto example = example_of(post, reader);
            nlohmann::json line{{"id", post.id}, {"lang", post.lang}, {"text", post.text}, {"names", example.names}, {"values", example.values}};
            std::vector<int> labels(example.labels.begin(), example.labels.end());
            line["labels"] = labels;
            if (post.threat) line["threat"] = *post.threat;
            if (post.hazard) line["hazard"] = *post.hazard;
            if (post.not_solved) line["not_solved"] = *post.not_solved;
            if (post.on_behalf) line["on_behalf"] = *post.on_behalf;
            std::printf("%s\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        }
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
    if (mode == "unseen" && argc > 3) return unseen(argc, argv);
    if (mode == "eval" && argc > 2) return report_all(Judge(), read_posts(argv[2]), [](const std::string&) { return true; }), 0;
    if (mode == "learn" && argc > 3) return learn_file(argc, argv);
    if (mode == "speed" && argc > 2) return speed(argv[2]);
    if (mode == "scores" && argc > 3) {
        std::ifstream in(argv[3]);
        const Judge judge(std::string{std::istreambuf_iterator<char>(in), {}}, argv[3]);
        for (const auto& post : read_posts(argv[2])) {
            const auto verdict = verdict_of(judge, post);
            std::printf("%d %.4f %.4f %s\n", static_cast<int>(post.complaint.value_or(false)), verdict.complaint, verdict.repeat_contact, post.text.substr(0, 200).c_str());
        }
        return 0;
    }
    if (mode == "folds" && argc > 2) return folds(argc, argv);
    if (mode == "features" && argc > 2) return features(argc, argv);
    if (mode == "measure" && argc > 2) return measure(argv[2], argc > 3 ? argv[3] : "");
    if (mode == "why") return why(argc > 2 ? std::atoi(argv[2]) : 0);
    if (mode == "plain") {
        const Reader reader;
        for (std::string line; std::getline(std::cin, line);) {
            Reading reading;
            reader.read(line, "", {}, reading);
            std::printf("%s %s\n", std::string(reading.lang).c_str(), reading.plain.text.c_str());
            for (const auto& hit : reading.hits)
                std::printf("    %s: %s\n", reader.lexicon().concepts()[hit.concept_id].c_str(),
                            reading.plain.text.substr(hit.start, hit.end - hit.start).c_str());
        }
        return 0;
    }
    std::fprintf(stderr, "usage: judge_bench cv DEV MORE... | unseen FILE MORE... | eval FILE | learn OUT FILE[:weight]... | speed FILE | plain\n");
    return 2;
}
