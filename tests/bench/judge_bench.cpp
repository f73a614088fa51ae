// Measures how well and how fast posts are judged, and learns the weights that are built in.
//   judge_bench cv      DEV.jsonl [MORE.jsonl...]      learn on one half of DEV (and MORE), report on the other
//   judge_bench unseen  FILE MORE[:weight]...          learn on MORE only, report on FILE
//   judge_bench eval    FILE                           report on FILE as shipped
//   judge_bench learn   OUT.tsv FILE[:weight]...       the weights of a model from labelled files
//   judge_bench speed   FILE                           posts per second on one thread
//   judge_bench why HEAD                             stdin: what each feature says about one head
//   judge_bench plain                                  stdin as the lexicon sees it
#include "daemon/judge/judge.h"
#include "daemon/judge/labels.h"

#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>

using namespace larum;
using namespace larum::judging;

namespace {

/// A line of daemon/judge/corpus/LANGUAGE.txt: letters for what holds (C complaint, R repeat contact, B broken
/// promise, O ordinary talk), the topic, «|», the text.
LabelledPost parse_own(const std::string& line, const std::string& lang) {
    const auto space = line.find(' '), bar = line.find('|');
    const auto flags = line.substr(0, space);
    LabelledPost post;
    post.lang = lang;
    post.text = line.substr(bar + 1);
    post.complaint = flags.find('C') != flags.npos;
    post.repeat_contact = flags.find('R') != flags.npos;
    post.broken_promise = flags.find('B') != flags.npos;
    post.service = flags.find('O') == flags.npos;
    post.topic = from_word<Topic>(line.substr(space + 1, bar - space - 1));
    if (!post.topic) std::fprintf(stderr, "no topic: %s\n", line.c_str());
    return post;
}

std::vector<LabelledPost> read_posts(const std::string& file) {
    std::ifstream in(file);
    std::vector<LabelledPost> posts;
    if (file.ends_with(".txt")) {
        for (std::string line; std::getline(in, line);)
            if (!line.empty()) posts.push_back(parse_own(line, file.substr(file.rfind('/') + 1, 2)));
        return posts;
    }
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

struct Set {
    int exact = 0, all = 0;
    Counts each;
    void add(std::vector<std::string> said, std::vector<std::string> is) {
        std::sort(said.begin(), said.end());
        std::sort(is.begin(), is.end());
        ++all;
        exact += said == is;
        for (const auto& one : said) each.add(true, std::find(is.begin(), is.end(), one) != is.end());
        for (const auto& one : is)
            if (std::find(said.begin(), said.end(), one) == said.end()) each.add(false, true);
    }
};

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

/// Ten bins of the probability of a complaint against how often it was one.
struct Calibration {
    double sum[10] = {}, yes[10] = {};
    int n[10] = {}, all = 0;
    void add(double p, bool is) {
        const auto bin = std::min(9, static_cast<int>(p * 10));
        sum[bin] += p, yes[bin] += is, ++n[bin], ++all;
    }
    double error() const {
        double off = 0;
        for (int i = 0; i < 10; ++i) off += std::abs(sum[i] - yes[i]);
        return all ? off / all : 0;
    }
};

void report(const char* name, const Judge& judge, const std::vector<const LabelledPost*>& posts, const char* show) {
    Counts complaint, repeat, promise, behalf;
    Set channels, threats;
    Calibration calibration;
    int topics = 0, right = 0, counts = 0, counted = 0, stated = 0, stated_right = 0;
    const auto differ = [&](const char* what, const std::string& said, const std::string& is, const LabelledPost& post) {
        if (show && std::strstr(show, what))
            std::printf("  %s said %s, is %s | %s %s\n", what, said.c_str(), is.c_str(), post.id.c_str(), post.text.c_str());
    };
    for (const auto* post : posts) {
        const auto verdict = judge.judge(post->text, post->lang, Time{}, "UTC", brand_words(post->brand));
        const auto binary = [&](const char* what, Counts& counts_of, double p, const std::optional<bool>& is) {
            if (!is) return;
            counts_of.add(p >= 0.5, *is);
            if ((p >= 0.5) != *is) differ(what, std::to_string(p).substr(0, 4), *is ? "yes" : "no", *post);
        };
        binary("complaint", complaint, verdict.complaint, post->complaint);
        binary("repeat", repeat, verdict.repeat_contact, post->repeat_contact);
        binary("promise", promise, verdict.broken_promise, post->broken_promise);
        binary("behalf", behalf, verdict.on_behalf, post->on_behalf);
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
                "channels %.3f | threat %.3f | promise %.3f | topic %.3f | behalf %.3f\n",
                name, posts.size(), complaint.macro(), complaint.wrong_yes, complaint.wrong_no, calibration.error(), repeat.f1(),
                repeat.wrong_yes, repeat.wrong_no, share(counted, counts), share(stated_right, stated),
                share(channels.exact, channels.all), threats.each.f1(), promise.f1(), share(right, topics), behalf.f1());
}

/// The table by language.
void report_all(const Judge& judge, const std::vector<LabelledPost>& posts, const std::function<bool(const std::string&)>& wanted) {
    std::vector<const LabelledPost*> all, pl, en, rest;
    for (const auto& post : posts) {
        if (!wanted(post.id)) continue;
        all.push_back(&post);
        (post.lang == "pl" ? pl : post.lang == "en" ? en : rest).push_back(&post);
    }
    report("all", judge, all, std::getenv("SHOW"));
    report("pl", judge, pl, nullptr);
    report("en", judge, en, nullptr);
    report("de, uk", judge, rest, nullptr);
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

int learn_file(int argc, char** argv) {
    const Reader reader;
    std::vector<Example> examples;
    for (int i = 3; i < argc; ++i) {
        const auto [file, weight] = weighted(argv[i]);
        for (const auto& post : read_posts(file)) examples.push_back(example_of(post, reader, weight));
    }
    std::ofstream(argv[2]) << learn(examples);
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
