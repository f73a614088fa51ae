// First names in Poland, their diminutives and their gender (f, m, - unknown): formal, gender, diminutives.
// The words come from Polish-Name-Variations (MIT), faker's Polish names (MIT, Daniele Faraglia and contributors)
// and popular-names-by-country-dataset (CC0); see NOTICE in this folder.
#include "daemon/match/names/tables.h"

namespace larum::match {

const std::string_view polish_names = R"names(
Adam m Adasiek Adaś Adi
Adelajda f Ada Adela
Adrian m Adek Adi
Adriana f Ada Adusia
Adrianna f Ada Adusia
Agata f Aga Agatka Agusia Ata
Agnieszka f Aga Agusia Jagienka Jagna
Alan m
Albert m Albercik Bercik
Albin m
Aleksander m Alek Aleks Olek
Aleksandra f Ola Olcia Oleńka Olka Olusia
Aleksja f Ala Ola
Aleksy m Alek Aleks Olek
Alex m
Alfons m Alek Aluś
Alicja f Ala
Alina f Ala Alinka
Amanda f Amandzia
Ambroży m Ambrożyk
Amelia f Amelcia Amelka
Anastazja f Nastka
Anatol m Tolek
Andrea f Andzia Rea
Andrzej m Andrzejek Jędrek Jędruś Jędrzej
Andrzeja f Andzia
Aneta f Anetka
Angela f Angelka
Angelika f Andzia Angela
Angelina f Angelinka
Aniela f Anielka
Anioł m
Anita f Anicia Anitka
Anna f Andzia Aneczka Ania Anka Anusia
Antoni m Antek Antoś Tolek Toni Tosiek
Antonin m Antek Antoś Tolek Toni Tosiek
Antonina f Antosia Tosia
Antonius m Antek Antoś Tolek Toni Tosiek
Anzelm m
Apolonia f Pola
Apoloniusz m Polek
Arkadiusz m Areczek Arek Aruś
Arkady m Areczek Arek Aruś
Arleta f Arletka
Arnold m Arni
Artur m Artek Artuś
August m Gucio Gustek Gutek
Augustyn m Gustek
Aurelia f Aurela Rela Relka
Balbina f Balbinka
Barbara f Barbarka Basia Baśka
Bartosz m Bartek Bartuś
Bartłomiej m Bartek Bartuś Batosz
Bazyli m
Beata f Beatka
Benedykt m Benek Benio Benuś
Berenika f Berenisia Nika
Bernard m
Bianka f
Blanka f
Bogdan m Bodek Bogdanek Boguś
Bogna f Bodzia Bogusia
Bogumir m Boguś Mirek
Bogumił m Boguś Miłek
Bogumiła f Bogusia Miłka
Bogusław m Bogusz Boguś Sławek
Bogusława f Bogusia Boguśka Gusia
Bolesław m Bolek Boluś
Bonifacy m
Borys m Borysek
Borysław m Boleczek Bolek Boluś
Bożena f Bożenka
Bożidar m
Bożimir m
Bronisław m Bronek
Brunon m Bruno Brunonek
Brygida f Brygidka
Budzisław m
Błażej m Blażko Błażek
Cecylia f Cecylka Cesia Cyla
Celestyn m
Celina f Celinka Cesia Ceśka
Cezary m Czarek Zarek
Chrystian m
Chwalibóg m
Chwalimir m
Cyprian m Cyprianek
Cyryl m
Czesław m Czesiek Czesio Cześ
Czesława f Czesia Cześka
Dagmara f Daga Dagusia
Damian m Damianek Damianuś
Daniel m Danielek
Daniela f Dana
Danuta m Danusia
Daria f Dana Darka Darunia Darusia
Dariusz m Dareczek Darek Daruś
Dawid m Dawidek
Dekster m Deks Dyksy
Deksteryn f Deks Dyksy
Denis m Denisek
Dionizy m Dionek
Dobiesław m
Dobrogost m
Dobrosław m
Dominik m Domeczek Domek Dominiczek
Dominika f Doma Domi Dominiczka Dominisia Domisia Nika
Donat m Donek Doniu
Donata f Dona Donka
Dorota f Dorocia Dorotka
Dymitr m Dymek
Dżesika f Dżesi
Edmund m Edek Edi Edzio Mundek Mundzio
Edward m Edek Edi Edzio
Edyta f Edytka Edzia
Eleonora f Ela Norka
Eliasz m
Eliza f Elizka
Elżbieta f Ela Elka Elza Elżbietka Elżunia
Emil m Emi Emilek
Emilia f Emi Emilka
Ernest m Erin Erni
Eryk m Eryczek
Eugenia f Genia Gienia
Eugeniusz m Genek Genio Gienek
Ewa f Ewcia Ewka Ewunia
Ewelina f Ewcia Ewelinka Ewka Ewunia
Fabian m Fabianek
Fabiola f Fabia Fabiolka
Faustyna f Faustynka
Felicjan m
Feliks m Felek
Ferdynand m Ferdek Ferdzik
Filip m Fifi Fil Filek Filipek Filon
Florentyn m
Florian m Florek
Fortunat m
Franciszek m Franek Franio
Franciszka f Frania
Fryderyk m Fredyk Fredzio Frycek Frydek
Gabriel m Gabryś
Gabriela f Gaba Gabcia Gabi Gabrysia Gabusia
Gaj m
Gaja f
Gaweł m
Genowefa f Genia Genka
Gerard m Gerardzik
Gerwazy m
Ginter m Gint Gintek
Godzisław m Godek Godko
Gościsław m
Grażyna f Graża Grażka Grażynka
Grodzisław m
Grzegorz m Grzesiek Grześ
Gustaw m Gucio Gustek
Gwalbert m
Halina f Hala Halinka
Hanna f Haneczka Hania Haniusia Hanka Hanusia
Hanusz m Hanuszek
Hedwiga f Hedwisia Hedzia
Helena f Hela Helcia Helenka
Henryk m Heniek Henio
Henryka f Henia Henrysia
Herbert m Bercik Herbercik
Hieronim m Hirek
Hilary m
Hipolit m Hipcio Hipek
Honorat m
Horacy m Horuś Racek
Hubert m Bercik Hubercik
Hugo m Huguś
Ida f
Idzi m Dzidek Idzik Jidzik
Ignacy m Ignacek Ignaś
Igor m Igorek Iguś
Ilona f Ila Ilonka
Inga f
Inocenty m
Irena f Inka Irenka Irka
Ireneusz m Irek Iruś
Iwa f Iwcia Iwunia
Iwan m Iwanek Iwek
Iwo m Iwek
Iwon m Iwek
Iwona f Iwa Iwcia Iwka Iwonka
Izabela f Bella Iza Izunia
Izajasz m
Izydor m Dorek Izydorek
Jacek m Jacuś
Jadwiga f Jadwisia Jadzia Wiga Wisia
Jakub m Jakubek Kuba Kubuś
Jan m Janek Jasiek Jaś
Janina f Janeczka Janka
Janusz m Janeczek Janek Januszek
Jaromir m Jareczek Jarek Jaruś
Jaropełk m Jareczek Jarek Jaruś
Jarosław m Jareczek Jarek Jaruś
Jeremi m
Jerzy m Jerzyk Jurek
Joachim m Joachinek
Joanna f Asia Aśka Joasia Joaśka
Jolanta f Jola Jolka
Jozafat m
Judyta f Judysia Judytka
Julia f Jula Julcia Julka
Julian m Julek
Julianna f
Julita f
Juliusz m Julek
Juri m Jurek
Justyn m Justyś
Justyna f Justa Justynka Justysia Kajka
Józef m Józefek Józek Józio Ziutek
Józefa f Józia Ziuta
Józefat m
Józefina f Józefinka Józia Józka
Jędrzej m Jędrek Jędruś
Kacper m Kacperek Kasparek Kaspruś
Kaja f
Kajetan m Kajtek
Kalina f Kalinka
Kamil m Kamilek
Kamila f Kama Kamilka
Kanimir m Szimer
Karina f Karin Karinka
Karol m Karolek Lolek
Karolina f Karolcia Karolinka Karolka Lola
Kasandra f Kasa Kasia
Kasper m Kacperek Kasparek Kaspruś
Katarzyna f Kasia Kasieńka Kasiunia Katarzynka Kaśka
Kazimiera f Kazia
Kazimierz m Kazek Kazik Kazio
Kinga f Kingusia Kinia
Klara f Klarcia Klarusia
Klaudia f Klaudusia Klaudyna
Klaudiusz m
Klemens m Klimek Klimko
Klementyna f Klementynka
Kondrat m
Konrad m Konradek Radek
Konstanty m Kostek
Konstantyn m Kostek
Korneli m Kornel
Kornelia f Kora Nela Nelka
Korneliusz m Kornel
Kosma m
Kryspyn m
Krystian m Kostek Krystek
Krystyn m
Krystyna f Krysia Krystynka Kryśka
Krzesisław m
Krzysztof m Krzychu Krzysiek Krzysio Krzysiu Krzyś
Ksawery m Ksawerek Kserek
Ksenia f Ksenka Oksana
Kunegunda f Gunda Kinia Kunda Kundzia
Kwiatosław m
Laura f Laurentynka
Laurencjusz m Lorek Lorko
Lech m Lesiu Leszek
Lechosław m
Lena f
Leo m Leonek Leszek
Leokadiusz m
Leon m Leonek Leszek
Leonard m
Leopold m Poldek Poldzio
Leszek m Lescio Lesiu
Lesław m
Lew m
Lidia f Lidka Lidzia
Lilia f Lila Lilka
Liliana f Lila Lilianka Lilka
Linda f Lindzia
Liwia f
Longin m
Lubomir m Lubek
Lubomił m
Luborad m
Lubosław m
Lucjan m Lucek
Lucyna f Lucia Lucynka
Ludmiła f Ludka Miłka
Ludomir m Ludek
Ludomił m
Ludwik m Ludek
Ludwika f Ludka Ludzia
Luiza f Luzia
Maciej m Maciek Maciuś
Magdalena f Madzia Magda Magdalenka Magdusia
Maja f Majeczka Majka
Makary m Makarek
Maksymilian m Maks Maksymek
Malachiasz m
Malina f Malinka Malka
Malwina f Malwa Malwinka
Manfred m
Marcel m Marcelek Marcyś
Marceli m Marcelek Marcyś
Marcelina f
Marcin m Cinek Marcinek
Marek m Mareczek Maruś
Maria f Marynia Marysia Maryś
Marian m Maniek Manio Marianek Mariuś Maruś Maryś
Marianna f Mania Marianka Mańka
Marietta f Maria Marietka Marysia
Marika f
Marin m
Mariola f Mariolka
Mariusz m Mariuszek Mariuś
Marlena f Marlenka
Marta f Martunia Martusia
Martyna f Martynka Martysia
Maryla f Marylka
Maryn m
Maryna f Marynia Marynka
Marzena f Marzenka
Mateusz m Maciek Mateuszek Mati
Maurycjusz m
Maurycy m Maura Mauro Maurycynek
Małgorzata f Gosia Gośka Małgosia Małgośka
Medard m
Melania f Mela Melka
Melchior m
Metody m
Michalina f Michasia Misia
Michał m Michałek Michaś Misiek
Mieczysław m Miecio Mieczyk Mieszko Mietek
Mieszko m Miecio Mieczyk Mieszko Mietek
Mikołaj m Mikołajek Mikołojek
Milan m
Mirosław m Mireczek Mirek
Mirosława f Mira Mirka
Miłosz m
Monika f Mona Monia
Nadia f Nadi
Nadzieja f Nadia Nadziejka
Napoleon m
Narcyz m
Natalia f Nati Natka
Natan m Natek Nati
Natanael m Natan Natek Nati
Nataniel m Natan Natek Nati
Natasza f Nastka Nati Tasza
Nicefor m
Nicole f
Niecisław m
Nikodem m Nik Niko Nikoś Nikuś
Nikola f Nika Niki
Nina f Ninka
Norbert m Bercik Bert Norbercik Norbi
Odeta f Oda Odet Odetka
Oktawiusz m Oktawiuszek
Olaf m Olek Olo
Oleg m Olek
Olga f Ola Olgusia
Olgierd m Oleg Olek
Oliwia f Ola Oliwka
Oliwier m
Onufry m Nufcio
Oskar m Oskarek
Oswald m Osa
Otylia f Oti Otylka Tola
Pabian m
Pafnucy m Pafnucyk
Pakosław m Pafnucyk
Pamela f Pam Pama Pamelka
Pankracy m Kracek Pankracek
Patrycja f Pati Patka
Patryk m Patryś Patuś
Paula f Paulinka
Paulina f Paula Paulinka
Paweł m Pawełek Pawlik
Pelagia f Pegi Pela
Pelagiusz m
Petroniusz m
Piotr m Piotrek Piotruś
Polikarp m Karp Polikarpek
Prot m
Przemysł m Przemek
Przemysław m Przemek Przemo Przemuś
Radomir m Radek Radzio
Radomił m Radek Radzio
Radosław m Radek Radzio
Rafał m Rafałek Rafcio
Rajmund m Mundek Mundzik Rajmundek
Ramona f Rama
Regina f Reginka Rena
Remigiusz m Remcio Remik
Renata f Renatka Renia
Robert m Bercik Robcio Robek Robercik
Roch m
Roksana f Roksanka
Roland m
Roman m Romcio Romek Romuś
Romuald m Romcio Romek Romuś
Rozalia f Rozalka Rózia
Rudolf m Rudek Rudzio
Ruta f Rucia Rut
Ryszard m Rysiek Rysio Ryś
Róża f Rózia Różyczka
Sabina f Sabcia Sabinka
Samanta f Sam Samka
Sandra f Sandrusia Sandrynka
Sara f Sarcia Sarusia
Sebastian m Bastek Bastian Seba Sebek Sobek Sobuś
Serafin m
Sergiusz m Serek Sergio
Serwacy m
Seweryn m Sewek Sewer
Siemowit m
Sienna f Siana Sienny Siennę
Sofroniusz m
Sonia f Sonieczka Soniusia Sońka
Stanisław m Stach Stasio Staszek Staś
Stanisława f Stasia
Stefan m Stefanek Stefcio Stefek
Stefania f Stefcia
Stojan m
Sylwester m Sylwek Sylwuś
Sylwia f Sylwcia Sylwka Sylwunia
Szarlota f Lotka Szarlotka
Szczepan m Szczepanek Szczepek
Szymon m Szymek Szymuś
Sławomierz m
Sławomir m Sław Sławcio Sławek Sławuś
Tadeusz m Tadek Tadeuszek Tadzik Tadzio
Tamara f Tam Tama Tamarka
Tatiana f Tania Tatianka
Teobald m
Teodor m Dorek Ted Todek
Teodora f Dorcia
Teofil m Fil Filek Teofilek Teofilik Teoś Tolek
Teresa f Tereska
Tobiasz m Fil Filek Teofilek Teofilik Teoś Tolek
Tomasz m Tomcio Tomek Tomko Tomuś
Tomisław m
Tymon m
Tymoteusz m Tymcio Tymek
Tytus m Tycio
Urban m Urbanek Urbaś
Urszula f Ula Ulka Usia
Violetta f Violka
Wacław m Wacek Wacuś Wacławek
Waldemar m Waldeczek Waldek Walduś Waldzio
Walenty m Walek
Walentyn m Walek
Walentyna f
Walerian m Walerek
Walter m
Wanda f Wandzia
Wandelin m
Wanessa f Waneska Wania
Wawrzyniec m Wawrek Wawrzek
Wendelin m
Weronika f Nika Wera Werka
Wiara f
Wielisław m Wiesiek Wiesio Wiesulek
Wiera f
Wiesław m Wiesiek Wiesio Wiesulek
Wiesława f Wiesia Wieśka
Wiktor m Wicio Wiktorek Witek Wituś
Wiktoria f Wika Wiki
Wilhelm m Wilek Wiluś
Wilhelmina f Wika Wiki
Wincenty m Wicek Witek
Wioleta f Wiola Wioletka
Wirginia f Wiga Wirgin
Wisław m
Wisława f Wisia
Wit m
Witalis m Wicio Witek Wituś
Witold m Tolek Tolo Wicio Witek Wituś
Więcesław m
Wojciech m Wojteczek Wojtek Wojtul Wojtuś Wowa
Wojsław m
Władysław m Wład Władeczek Władek Władzio
Włodzimierz m Włodeczek Włodek Włodzio
Włodzisław m Włodeczek Włodek Włodzio
Zachariasz m
Zbigniew m Zbysiek Zbysio Zbyszek Zbyszko
Zdzisław m Zdich Zdiech Zdisek Zdisio Zdziesz Zdzieszko Zdzisiek Zdziś
Zdzisława f Zdzicha Zdzisia
Zenobia f Zenia
Zenobiusz m Zenek Zenio Zenus
Zenon m Zenek Zenio Zenuś
Ziemowit m
Zofia f Zosia Zosieńka Zośka
Zuzanna f Zuszka Zuza Zuzanka Zuzia
Zygfryd m Frydek Zyga
Zygfryda f Fryda Frydzia Zyga
Zygmunt m Zyga Zygmuntek Zygmuś Zyguś
Zyta f Zytka
Łucja f Lusia Łucka Łusia
Łukasz m Łukaszek
Świętosław m Sławek Świętek
Świętosława f Sława Tosia Świętosia
Żaklina f Żaklinka
Żaneta f Żanet Żanetka
Żelisław m Żelek Żelusz
Żytomir m Żytek
Żywia f Żywa Żywka
)names";

} // namespace larum::match
