#include "daemon/judge/judge.h"
#include "support/catch.h"

using namespace larum;

namespace {

bool sensitive(const std::string& text) {
    static const Judge judge;
    return judge.judge(text, "", Time{}, "UTC", {}).sensitive;
}

} // namespace

TEST_CASE("what must never count of a person is noticed", "[judge][sensitive]") {
    for (const char* text : {
             "Jestem w ciąży i od tygodnia czekam na łóżko",
             "mam raka, a wy każecie mi stac w kolejce",
             "Moja żona jest niepełnosprawna, a winda nie działa",
             "jestem muzułmanką i pani w sklepie się śmiała",
             "Głosowałem na tych co trzeba i co",
             "jestem gejem i kurier mnie wyzwał",
             "Związek zawodowy w waszym magazynie już wie",
             "Moja 5-letnia córka płakała cały dzień",
             "córka ma 7 lat i czeka na rower",
             "I'm pregnant and was left standing for an hour",
             "My husband has cancer and you cancelled the delivery",
             "As a Muslim I asked for another meal",
             "I voted Labour all my life, and now this",
             "we are a gay couple and the clerk refused us",
             "my union rep will hear of it",
             "my son is 6 years old and still waits for his bike",
             "Ich bin schwanger und warte seit Wochen",
             "als gläubiger Muslim habe ich gefragt",
             "Meine Tochter, 4 Jahre alt, weint",
             "Я вагітна і чекаю вже тиждень",
         }) {
        CAPTURE(text);
        CHECK(sensitive(text));
    }
}

TEST_CASE("the name of a product, a firm or a place makes nobody's trait known", "[judge][sensitive]") {
    for (const char* text : {
             "Zamówiłam glukometr i krem, apteka nie odpowiada",
             "3-letnia gwarancja, a pralka nie działa",
             "Wózek dziecięcy przyszedł bez koła",
             "Kupiłem prezent dla syna, paczki nie ma",
             "Kurier wrzucił paczkę pod szpitalem, a ja mieszkam obok",
             "Dzwonię po raz trzeci, konsultant był chamski",
             "Pedały w rowerze odpadły po tygodniu",
             "The pharmacy lost my order again",
             "Ordered a christmas tree and a church candle, nothing came",
             "Bought a baby monitor, dead after 2 days",
             "I am sick of waiting for your courier",
             "my 3 year old washing machine broke",
             "Western Union lost my transfer",
             "Union Jack mug arrived broken",
             "Die Apotheke hat meine Bestellung verloren",
         }) {
        CAPTURE(text);
        CHECK_FALSE(sensitive(text));
    }
}
