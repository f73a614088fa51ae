#include "core/error.h"
#include "daemon/judge/judge.h"
#include "daemon/judge/kin.h"
#include "daemon/judge/model.h"
#include "daemon/judge/model_text.h"
#include "daemon/judge/train.h"
#include "support/catch.h"

#include <cmath>

#include <sstream>

using namespace larum;
using namespace larum::judging;

namespace {

TrainingPost post(const std::string& text, std::optional<bool> complaint = {}, const std::string& author = {}) {
    TrainingPost made;
    made.post.text = text;
    made.post.lang = "pl";
    made.post.complaint = complaint;
    made.author = author;
    return made;
}

std::vector<TrainingPost> read(const std::string& lines) {
    std::istringstream in(lines);
    return read_training_posts(in, "labels.jsonl");
}

std::string what_is_wrong(const std::string& lines) {
    try {
        read(lines);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

bool holds(const std::string& whole, const std::string& part) { return whole.find(part) != std::string::npos; }

/// Words of a trade that nobody told larum of: «ząbkuje» is a fault, «lśni» is praise; around them, words by lot.
std::vector<TrainingPost> of_a_trade(std::uint32_t count) {
    const std::vector<std::string> words = {"ogrod", "dzialka", "garaz", "sasiad", "piwnica", "taras", "wiata", "rano", "wieczorem", "sezon",
                                            "tydzien", "miesiac", "bieg", "obroty", "deszcz", "trawa", "galaz", "kora", "olej", "smar",
                                            "pasek", "korba", "dysza", "tarcza", "pompka", "waz", "kabel", "wtyczka", "sroba", "klucz"};
    std::vector<TrainingPost> posts;
    std::uint32_t lot = 12345;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::string text;
        for (int k = 0; k < 8; ++k) {
            lot = lot * 1664525u + 1013904223u;
            if (k == 4) text += i % 2 ? "zabkuje " : "lsni ";
            text += words[(lot >> 16) % words.size()] + " ";
        }
        posts.push_back(post(text, i % 2 == 1));
    }
    return posts;
}

Training plain_training() {
    Training training;
    training.first_names = [](std::string_view word) { return word == "zdzislaw" || word == "zdzislawa"; };
    return training;
}

} // namespace

TEST_CASE("labels are read with whatever is known of author and thread", "[train]") {
    const auto posts = read("\xEF\xBB\xBF{\"text\":\"a b\",\"complaint\":true,\"author\":{\"id\":7,\"name\":\"Zdzisław Wrzos\"},\"parent_id\":\"p\"}\r\n\n"
                            "{\"text\":\"c\",\"author\":\"zw\",\"thread\":\"t\",\"threat\":[\"legal\"]}\n");
    REQUIRE(posts.size() == 2);
    CHECK(posts[0].author == "7");
    CHECK(posts[0].names == std::vector<std::string>{"Zdzisław Wrzos"});
    CHECK(posts[0].thread == "p");
    CHECK(posts[1].author == "zw");
    CHECK(posts[1].post.threat == std::vector<std::string>{"legal"});
}

TEST_CASE("each wrong line of labels is named with what would be right", "[train]") {
    CHECK(what_is_wrong("{\"text\":\"a\"}\nno json\n") == "labels.jsonl:2: not JSON; expected one object a line");
    const auto all = what_is_wrong("{\"text\":\"a\",\"complaint\":1}\n{\"complaint\":true}\n{\"text\":\"a\",\"threat\":[\"murder\"]}\n"
                                   "{\"text\":\"a\",\"topic\":\"love\"}\n{\"text\":\"a\",\"author\":{\"name\":[]}}\n");
    CHECK(holds(all, "labels.jsonl:1: field \"complaint\" is not true or false"));
    CHECK(holds(all, "labels.jsonl:2: field \"text\" is missing"));
    CHECK(holds(all, "labels.jsonl:3: field \"threat\" has \"murder\"; expected any of legal, "));
    CHECK(holds(all, "labels.jsonl:4: field \"topic\" is not one of delivery, "));
    CHECK(holds(all, "labels.jsonl:5: field \"name\" is not text"));
    std::string many;
    for (int i = 0; i < 50; ++i) many += "{}\n";
    CHECK(holds(what_is_wrong(many), "labels.jsonl:10:"));
    CHECK_FALSE(holds(what_is_wrong(many), "labels.jsonl:11:"));
    CHECK(read("").empty());
}

TEST_CASE("near-identical texts, one author's and one thread's posts are kin, others are not", "[train]") {
    auto threaded = post("Zupełnie inne słowa pod tym samym wpisem tej firmy");
    auto other = post("Jeszcze inne zdanie, które nie przypomina żadnego z nich");
    threaded.thread = other.thread = "t1";
    const auto kin = kin_of({post("Paczka 123 zgubiona przez kuriera, nikt nie odbiera telefonu od tygodnia @firma"),
                             post("@inna paczka 99 zgubiona przez kuriera nikt nie odbiera telefonu od tygodnia!"),
                             post("Pralka przestała wirować po dwóch miesiącach", {}, "x:1"),
                             post("Dziękuję za szybką pomoc z fakturą", {}, "x:1"), threaded, other});
    CHECK(kin[0] == kin[1]);
    CHECK(kin[2] == kin[3]);
    CHECK(kin[4] == kin[5]);
    CHECK(kin[0] != kin[2]);
    CHECK(kin[2] != kin[4]);
    CHECK(kin_of({post("Paczka 123 zgubiona przez kuriera, nikt nie odbiera telefonu od tygodnia @firma")})[0] ==
          kin_of({post("Paczka 123 zgubiona przez kuriera, nikt nie odbiera telefonu od tygodnia @firma")})[0]);
}

TEST_CASE("a brand's own words are learned and measured on posts that were not learned from", "[train]") {
    const auto made = train(of_a_trade(300), plain_training());

    REQUIRE(made.measured.size() == 1);
    const auto& complaint = made.measured.front();
    CHECK(complaint.finding == Finding::better);
    CHECK(complaint.score.after > complaint.score.before + 0.2);
    CHECK(complaint.score.low > 0);
    CHECK(complaint.calibration_after.has_value());
    REQUIRE_FALSE(made.model.empty());
    const Judge judge(made.model, "trained");
    CHECK(judge.judge("nasza szlifierka zabkuje", "pl", Time{}, "UTC", {}).complaint > 0.5);
    CHECK(judge.judge("nasza szlifierka lsni", "pl", Time{}, "UTC", {}).complaint < 0.5);
    // What nobody labelled stays as it was, but for how far the post is about dealings with a firm at all.
    const std::string told = "Dzwoniłam trzy razy i nadal bez odpowiedzi";
    CHECK(std::abs(judge.judge(told, "pl", Time{}, "UTC", {}).repeat_contact - Judge().judge(told, "pl", Time{}, "UTC", {}).repeat_contact) < 0.15);
}

TEST_CASE("labels drawn by lot teach nothing, and nothing is taken", "[train]") {
    auto posts = of_a_trade(120);
    for (std::size_t i = 0; i < posts.size(); ++i) posts[i].post.complaint = i * 2654435761u >> 7 & 1;
    const auto made = train(posts, plain_training());
    CHECK(made.model.empty());
    CHECK(made.measured.front().finding != Finding::better);
}

TEST_CASE("too few labels are counted and said", "[train]") {
    const auto made = train(of_a_trade(20), plain_training());
    CHECK(made.model.empty());
    REQUIRE(made.measured.size() == 1);
    CHECK(made.measured.front().finding == Finding::too_few);
    CHECK(made.measured.front().posts == 20);
    CHECK(train({post("bez etykiet")}, plain_training()).measured.empty());
}

TEST_CASE("a model is not measured on posts that it learned from", "[train]") {
    auto training = plain_training();
    const auto posts = of_a_trade(300);
    training.in_use = train(posts, training).model;
    REQUIRE_FALSE(training.in_use.empty());

    const auto again = train(posts, training);

    CHECK(again.known == 300);
    CHECK(again.model.empty());
    CHECK(again.measured.front().finding == Finding::too_few);
    CHECK_FALSE(again.continued);
    CHECK(train({posts[0], posts[1]}, training).continued);
}

TEST_CASE("no name, number, address or handle of a post becomes part of a model", "[train]") {
    auto posts = of_a_trade(300);
    const std::vector<std::string> people = {
        " pozdrawiam Zdzisława Wrzoskiewicz", " zdzislaw wrzoskiewicz", " jestem z ulicy Krzemiennickiej 12 w Pcimiowie", " kontakt z.wrzoskiewicz@poczta.example",
        " tel. 601 702 803", " @wrzoskiewicz_z", " moj profil wrzoskiewicz_87", " faktura FV-778812", " pani Wrzoskiewicz", " Wrzoskiewiczowi to mowilem"};
    for (std::size_t i = 0; i < posts.size(); ++i) {
        posts[i].post.text += people[i % people.size()];
        posts[i].names = {"Hildegunda Qwyrzt"};
        posts[i].post.text += " hildegunda qwyrzt";
    }
    const auto made = train(posts, plain_training());
    REQUIRE_FALSE(made.model.empty());
    std::string names; // of features: beside them stand weights
    std::istringstream lines(made.model);
    for (std::string line; std::getline(lines, line);) names += line.substr(0, line.find('\t')) + '\n';
    CHECK(holds(names, "w:zabku"));
    for (const auto* part : {"wrzos", "zdzis", "krzemi", "pcimi", "601", "702", "778", "z.wrz", "hildeg", "qwyrz"}) {
        INFO(part);
        CHECK_FALSE(holds(names, part));
    }
}

TEST_CASE("a word becomes part of a model when three authors wrote it, not one author three times", "[train]") {
    auto posts = of_a_trade(300);
    for (std::size_t i = 0; i < posts.size(); ++i) {
        posts[i].author = "a" + std::to_string(i);
        if (i % 10 == 1) posts[i].post.text += " kwintofyl", posts[i].author = "always the same";
        if (i % 10 == 3) posts[i].post.text += " bulgoczaco wzebrane";
    }
    const auto made = train(posts, plain_training());
    REQUIRE_FALSE(made.model.empty());
    CHECK_FALSE(holds(made.model, "w:kwinto"));
    CHECK(holds(made.model, "w:wzebra"));
}

TEST_CASE("what must never count, and hazards, stay out of training and are counted", "[train]") {
    auto posts = of_a_trade(60);
    posts.push_back(post("Jestem w ciąży, a pompka zabkuje od rana", true));
    posts.push_back(post("I'm a practising catholic and you closed on me", true));
    posts.push_back(post("korba zabkuje", true));
    posts.back().post.hazard = std::vector<std::string>{"injury_fire"};
    const auto made = train(posts, plain_training());
    CHECK(made.posts == 60);
    CHECK(made.sensitive == 2);
    CHECK(made.hazards == 1);
}

TEST_CASE("heads of one model are put into another, the rest is kept to the letter", "[train]") {
    const std::string base = "feature\ta\tb\n=scale\t0:100\t1:90\nw:x\t0:5\t1:7\nw:y\t1:3\n";
    const std::string other = "feature\ta\tb\n=scale\t0:80\nw:x\t0:9\t1:1\nw:z\t0:2\t1:4\n";
    CHECK(with_heads(base, other, {0}) == "feature\ta\tb\n=scale\t0:80\t1:90\nw:x\t0:9\t1:7\nw:y\t1:3\nw:z\t0:2\n");
    const auto marked = with_fingerprints(base, {1, 255});
    CHECK(fingerprints_in(marked) == Fingerprints{1, 255});
    CHECK(fingerprints_in(base).empty());
    CHECK(with_heads(marked, other, {}) == with_heads(base, other, {}));
}

TEST_CASE("a difference on few posts reaches zero, the same on many does not", "[train]") {
    std::vector<Judged> few, many;
    for (std::uint32_t i = 0; i < 400; ++i) {
        Judged one{i, {}, {}};
        (i % 2 ? one.before.right_yes : one.before.right_no) = i % 10 < 7;
        (i % 2 ? one.before.wrong_no : one.before.wrong_yes) = i % 10 >= 7;
        (i % 2 ? one.after.right_yes : one.after.right_no) = i % 10 < 8;
        (i % 2 ? one.after.wrong_no : one.after.wrong_yes) = i % 10 >= 8;
        many.push_back(one);
        if (i < 20) few.push_back(one);
    }
    CHECK_FALSE(compare(few, Signal::complaint).surely_better);
    CHECK(compare(many, Signal::complaint).surely_better);
    CHECK(compare({}, Signal::complaint).after == 0);
    // Yes by lot where no was right half the time: a higher F1, and no better.
    std::vector<Judged> lot;
    for (std::uint32_t i = 0; i < 400; ++i) lot.push_back({i, {0, 0, i % 2 ? 1 : 0, i % 2 ? 0 : 1}, i / 2 % 2 ? Tally{i % 2 ? 1 : 0, i % 2 ? 0 : 1, 0, 0} : Tally{0, 0, i % 2 ? 1 : 0, i % 2 ? 0 : 1}});
    CHECK(compare(lot, Signal::complaint).low > 0);
    CHECK_FALSE(compare(lot, Signal::complaint).surely_better);
    CHECK(calibration_error({{0.9, true}, {0.9, false}}) == Approx(0.4));
}
