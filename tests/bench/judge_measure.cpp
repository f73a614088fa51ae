#include "judge_measure.h"

#include "daemon/judge/judge.h"
#include "daemon/judge/labels.h"
#include "daemon/judge/train.h"
#include "scores.h"

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>

namespace larum::bench {

namespace {

using namespace judging;

void tell(const std::string& name, double value) { std::printf("%s %.4f\n", name.c_str(), value); }

Verdict judged(const Judge& judge, const LabelledPost& post) {
    return judge.judge(post.text, post.lang, post.posted_at.value_or(Time{}), "Europe/Warsaw", brand_words(post.brand));
}

template <class E>
std::vector<std::string> words_of(const std::vector<E>& list) {
    std::vector<std::string> words;
    for (const auto one : list) words.emplace_back(word(one));
    return words;
}

std::vector<LabelledPost> read_jsonl(const std::string& file) {
    std::vector<LabelledPost> posts;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (!line.empty()) posts.push_back(parse_labelled(line));
    return posts;
}

using Row = std::map<std::string, std::string>;

/// A tab-separated file whose first line names the columns.
std::vector<Row> read_table(const std::string& file) {
    const auto split = [](const std::string& line) {
        std::vector<std::string> fields(1);
        for (const char c : line) c == '\t' ? fields.emplace_back(), void() : fields.back().push_back(c);
        return fields;
    };
    std::ifstream in(file);
    std::string line;
    std::getline(in, line);
    const auto names = split(line);
    std::vector<Row> rows;
    while (std::getline(in, line)) {
        const auto fields = split(line);
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < std::min(names.size(), fields.size()); ++i) row[names[i]] = fields[i];
    }
    return rows;
}

void measure_posts(const Judge& judge, const std::string& prefix, const std::vector<LabelledPost>& posts) {
    std::map<std::string, Counts> complaint, repeat;
    Counts promise, not_solved, on_behalf;
    Set channels, threats, hazards;
    Calibration calibration;
    int counted = 0, count_right = 0, topics = 0, topic_right = 0;
    for (const auto& post : posts) {
        const auto verdict = judged(judge, post);
        for (const auto& lang : {std::string("all"), post.lang}) {
            if (post.complaint) complaint[lang].add(verdict.complaint >= 0.5, *post.complaint);
            if (post.repeat_contact) repeat[lang].add(verdict.repeat_contact >= 0.5, *post.repeat_contact);
        }
        if (post.complaint) calibration.add(verdict.complaint, *post.complaint);
        if (post.broken_promise) promise.add(verdict.broken_promise >= 0.5, *post.broken_promise);
        if (post.not_solved) not_solved.add(verdict.not_solved >= 0.5, *post.not_solved);
        if (post.on_behalf) on_behalf.add(verdict.on_behalf >= 0.5, *post.on_behalf);
        if (post.channels) channels.add(words_of(verdict.channels), *post.channels);
        if (post.threat) threats.add(words_of(verdict.threat), *post.threat);
        if (post.hazard) hazards.add(words_of(verdict.hazard), *post.hazard);
        if (post.stated_contacts) ++counted, count_right += verdict.stated_contacts == *post.stated_contacts;
        if (post.topic) ++topics, topic_right += verdict.topic == *post.topic;
    }
    const auto share = [](int part, int all) { return all ? static_cast<double>(part) / all : 0.0; };
    for (const auto& [lang, counts] : complaint) tell(prefix + ".complaint_macro_f1." + lang, counts.macro());
    for (const auto& [lang, counts] : repeat) tell(prefix + ".repeat_contact_f1." + lang, counts.f1());
    tell(prefix + ".complaint_calibration_error", calibration.error());
    tell(prefix + ".stated_count_exact", share(count_right, counted));
    tell(prefix + ".channels_exact", share(channels.exact, channels.all));
    tell(prefix + ".threat_micro_f1", threats.each.f1());
    tell(prefix + ".broken_promise_f1", promise.f1());
    tell(prefix + ".topic_accuracy", share(topic_right, topics));
    if (hazards.all) tell(prefix + ".hazard_micro_f1", hazards.each.f1());
    if (not_solved.right_yes + not_solved.wrong_no) tell(prefix + ".not_solved_f1", not_solved.f1());
    if (on_behalf.right_yes + on_behalf.wrong_no) tell(prefix + ".on_behalf_f1", on_behalf.f1());
}

LabelledPost english(const Row& row) {
    LabelledPost post;
    post.text = row.at("text");
    post.lang = "en";
    return post;
}

void measure_english(const Judge& judge, const std::string& data) {
    Counts repeat;
    for (const auto& row : read_table(data + "/repeat_contact_en/repeat_contact_en.tsv"))
        repeat.add(judged(judge, english(row)).repeat_contact >= 0.5, row.at("repeat") == "R");
    if (repeat.right_yes) tell("repeat_contact_en.f1", repeat.f1());
    RankScore airline;
    for (const auto& row : read_table(data + "/airline_en/airline_en.tsv"))
        airline.add(judged(judge, english(row)).complaint, row.at("sentiment") == "negative");
    if (const double area = airline.area(); area > 0) tell("airline_en.auc", area);
}

/// As shipped, and as `larum train` measures it: each quarter judged by what was learned from the other three.
void measure_training(const Judge& judge, const std::string& data) {
    std::vector<LabelledPost> posts;
    for (const auto& row : read_table(data + "/complaints_en/complaints_en.tsv")) {
        posts.push_back(english(row));
        posts.back().complaint = row.at("label") == "1";
    }
    if (posts.empty()) return;
    Counts shipped;
    for (const auto& post : posts) shipped.add(judged(judge, post).complaint >= 0.5, *post.complaint);
    tell("complaints_en.shipped_macro_f1", shipped.macro());
    std::vector<TrainingPost> labelled;
    for (const auto& post : posts) labelled.push_back({post, {}, {}, {}});
    for (const auto& one : train(std::move(labelled), {}).measured) tell("complaints_en.trained_macro_f1", one.score.after);
}

/// Ordinary Polish talk called a complaint.
void measure_false_alarms(const Judge& judge, const std::string& data) {
    int complaints = 0, repeats = 0, all = 0;
    for (const std::string name : {"cyberbullying_pl", "tweets_sentiment_pl", "emotions_pl", "ceneo_pl"}) {
        int here = 0, rows = 0;
        for (const auto& row : read_table(data + "/" + name + "/" + name + ".tsv")) {
            LabelledPost post;
            post.text = row.at("text");
            const auto verdict = judged(judge, post);
            ++rows, here += verdict.complaint >= 0.5, repeats += verdict.repeat_contact >= 0.5;
        }
        if (!rows) continue;
        tell("ordinary_pl.complaint." + name, static_cast<double>(here) / rows);
        complaints += here, all += rows;
    }
    if (!all) return;
    tell("ordinary_pl.complaint", static_cast<double>(complaints) / all);
    tell("ordinary_pl.repeat_contact", static_cast<double>(repeats) / all);
}

std::unique_ptr<Judge> make_judge(const std::string& model) {
    if (model.empty()) return std::make_unique<Judge>();
    std::ifstream in(model);
    return std::make_unique<Judge>(std::string{std::istreambuf_iterator<char>(in), {}}, model);
}

} // namespace

int measure(const std::string& data, const std::string& model) {
    const auto judge = make_judge(model);
    if (const auto posts = read_jsonl(data + "/posts/dev.jsonl"); !posts.empty()) measure_posts(*judge, "posts", posts);
    measure_english(*judge, data);
    measure_training(*judge, data);
    measure_false_alarms(*judge, data);
    return 0;
}

} // namespace larum::bench
