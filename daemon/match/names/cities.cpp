// Towns in Poland, so that «Europe» or «at home» in a profile is not taken for one. The words come from faker's
// Polish addresses (MIT, Daniele Faraglia and contributors); see NOTICE in this folder.
#include "daemon/match/names/tables.h"

namespace larum::match {

const std::string_view polish_cities = R"names(
Warszawa
Kraków
Łódź
Wrocław
Poznań
Gdańsk
Szczecin
Bydgoszcz
Lublin
Katowice
Białystok
Gdynia
Częstochowa
Radom
Sosnowiec
Toruń
Kielce
Gliwice
Rzeszów
Zabrze
Bytom
Olsztyn
Bielsko-Biała
Ruda Śląska
Rybnik
Tychy
Dąbrowa Górnicza
Gorzów Wielkopolski
Elbląg
Płock
Opole
Wałbrzych
Zielona Góra
Włocławek
Tarnów
Chorzów
Koszalin
Kalisz
Legnica
Grudziądz
Słupsk
Jaworzno
Jastrzębie-Zdrój
Nowy Sącz
Jelenia Góra
Konin
Piotrków Trybunalski
Siedlce
Inowrocław
Mysłowice
Piła
Lubin
Ostrów Wielkopolski
Ostrowiec Świętokrzyski
Gniezno
Stargard Szczeciński
Siemianowice Śląskie
Suwałki
Głogów
Pabianice
Chełm
Zamość
Tomaszów Mazowiecki
Leszno
Przemyśl
Stalowa Wola
Kędzierzyn-Koźle
Łomża
Żory
Mielec
Tarnowskie Góry
Tczew
Bełchatów
Świdnica
Ełk
Pruszków
Będzin
Biała Podlaska
Zgierz
Piekary Śląskie
Racibórz
Legionowo
Ostrołęka
Świętochłowice
Starachowice
Zawiercie
Wejherowo
Puławy
Wodzisław Śląski
Starogard Gdański
Skierniewice
Tarnobrzeg
Skarżysko-Kamienna
Radomsko
Krosno
Rumia
Dębica
Kołobrzeg
Kutno
Nysa
Ciechanów
Otwock
Piaseczno
Zduńska Wola
Sieradz
Świnoujście
Żyrardów
Szczecinek
Świdnik
Chojnice
Nowa Sól
Oświęcim
Bolesławiec
Mińsk Mazowiecki
Mikołów
Jarosław
Sanok
Knurów
Malbork
Żary
Kwidzyn
Chrzanów
Sopot
Sochaczew
Wołomin
Oleśnica
Brzeg
Olkusz
Jasło
Cieszyn
Kraśnik
Lębork
Czechowice-Dziedzice
Dzierżoniów
Ostróda
Police
Nowy Targ
Iława
Czeladź
Myszków
Żywiec
Zgorzelec
Oława
Bielawa
Swarzędz
Mława
Ząbki
Łuków
Augustów
Śrem
Bochnia
Luboń
Giżycko
Grodzisk Mazowiecki
Łowicz
Krotoszyn
Września
Turek
Pruszcz Gdański
Brodnica
Gorlice
Czerwionka-Leszczyny
Kłodzko
Marki
Nowy Dwór Mazowiecki
Kętrzyn
Zakopane
Wyszków
Biłgoraj
Żagań
Bielsk Podlaski
Świecie
Wałcz
Jarocin
Pszczyna
Wągrowiec
Szczytno
Białogard
Sandomierz
Bartoszyce
Kluczbork
Lubliniec
Skawina
Jawor
Kościan
Wieluń
Kościerzyna
Nowa Ruda
Świebodzice
Koło
Piastów
Goleniów
Ostrów Mazowiecka
Polkowice
Lubartów
Zambrów
Płońsk
Reda
Łaziska Górne
Środa Wielkopolska
)names";

} // namespace larum::match
