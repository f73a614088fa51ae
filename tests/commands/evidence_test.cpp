#include "daemon/commands/on_evidence.h"
#include "daemon/judge/judge.h"
#include "support/catch.h"

#include <sstream>

using namespace larum;
using namespace larum::commands;

namespace {

std::string candidates(const MatchResult& match) {
    std::ostringstream out;
    print_candidates(out, match);
    return out.str();
}

std::string signals(const std::string& text, const Verdict& verdict) {
    std::ostringstream out;
    print_signals(out, text, verdict);
    return out.str();
}

} // namespace

TEST_CASE("a candidate is explained piece by piece: field, both sides, bits and probability so far", "[commands]") {
    const auto text = candidates({{{7, "C-1042", 0.8, {{"name", "Ania Lis", "Anna Lis", 10}, {"city", "Łódź", "Gdynia", -2}, {"prior", "", "one of 64 customers", -6}}, {}}}, 0.2});

    CHECK(text == "candidate C-1042: 80 %\n"
                  "    bits    sum   so far\n"
                  "    -6.0   -6.0    1.5 %  any customer, before anything is looked at\n"
                  "   +10.0   +4.0   94.1 %  name: the name fits and is rare among the customers, post «Ania Lis», record «Anna Lis»\n"
                  "    -2.0   +2.0     80 %  city: another place in the profile, post «Łódź», record «Gdynia»\n"
                  "nobody we know: 20 %\n");
}

TEST_CASE("what other candidates take is said where it is much", "[commands]") {
    const std::vector<Evidence> same = {{"name", "Jan Nowak", "Jan Nowak", 6}, {"prior", "", "", -2}};

    const auto text = candidates({{{1, "C-1", 0.48, same, {}}, {2, "C-2", 0.48, same, {}}}, 0.03});

    CHECK(text.find("other candidates fit as well: 48 % is left") != std::string::npos);
    CHECK(text.find("nobody we know: 3.0 %") != std::string::npos);
}

TEST_CASE("each signal is told with its probability and the very words, emoji before them or not", "[commands]") {
    Verdict verdict;
    verdict.lang = "pl";
    verdict.complaint = 0.973;
    verdict.threat_scores[1] = 0.9;
    verdict.stated_contacts = 3;
    const std::string text = "🙈🙈 Żółć! Trzeci raz piszę, idę do rzecznika.";
    verdict.spans = {{"stated_contacts", 9, 19}, {"complaint", 3, 7}, {"threat.regulator", 27, 43}};

    const auto told = signals(text, verdict);

    CHECK(told.find("  complaint 97.3 %: «Żółć»\n") != std::string::npos);
    CHECK(told.find("  threat.regulator 90 %: «idę do rzecznika»\n") != std::string::npos);
    CHECK(told.find("  stated_contacts 3: «Trzeci raz»\n") != std::string::npos);
    CHECK(told.find("threat.legal") == std::string::npos);
}

TEST_CASE("words that would steer a terminal are made tame", "[commands]") {
    Verdict verdict;
    const std::string text = "a\x1b[2Jb\nc\xc2\x9b" "31md";
    verdict.complaint = 1;
    verdict.spans = {{"complaint", 0, 100}};

    const auto told = signals(text, verdict);

    CHECK(told.find('\x1b') == std::string::npos);
    CHECK(told.find("\xc2\x9b") == std::string::npos);
    CHECK(told.find("b c") != std::string::npos);
}

TEST_CASE("what spoke loudest for a complaint is named, and a quiet text names no signal but complaint", "[commands]") {
    const Judge judge;
    const judging::Loudest loudest;
    const std::string text = "Piszę po raz trzeci, nadal bez odpowiedzi, oddajcie pieniądze!";
    std::ostringstream out, calm;

    print_loudest(out, loudest, text, "pl", {}, judge.judge(text, "pl", {}, "UTC", {}));
    print_loudest(calm, loudest, "Dzień dobry", "pl", {}, judge.judge("Dzień dobry", "pl", {}, "UTC", {}));

    CHECK(out.str().find("  loudest for complaint: ") == 0);
    CHECK(out.str().find("loudest for repeat_contact: ") != std::string::npos);
    CHECK(out.str().find("phrase no_answer") != std::string::npos);
    CHECK(calm.str().find("repeat_contact") == std::string::npos);
    CHECK(loudest.of(text, "pl", {}, "complaint", 3).size() == 3);
    CHECK(loudest.of(text, "pl", {}, "no_such_head", 3).empty());
    CHECK(loudest.of("", "", {}, "complaint", 3).size() <= 3);
}
