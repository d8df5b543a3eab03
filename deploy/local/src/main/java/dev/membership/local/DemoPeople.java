package dev.membership.local;

import dev.membership.v1.ImportUsersRequest;
import dev.membership.v1.UserFields;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The demo's users: the same at every making, so that making it again changes nothing. */
final class DemoPeople {
    /** Begins the external ids of the demo's users, by which they are found again. */
    static final String EXTERNAL = "demo|";

    private static final List<String> FIRST_NAMES = List.of(
            "Ada", "Bruno", "Chiara", "Dario", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas", "Keiko", "Liam",
            "Maya", "Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Samir", "Tilda", "Umar", "Vera", "Wanda", "Xavier",
            "Yara", "Zeno", "Alma", "Boris", "Clara", "David", "Emma", "Felix", "Gemma", "Henri", "Isla", "Julian",
            "Karin", "Lena", "Marco", "Nora", "Olga", "Pablo", "Rania", "Sven", "Tomas");

    private static final List<String> LAST_NAMES = List.of(
            "Lindqvist",
            "Moretti",
            "Okafor",
            "Tanaka",
            "Yilmaz",
            "Haddad",
            "Novak",
            "Dubois",
            "Silva",
            "Berger",
            "Sato",
            "Murphy",
            "Sharma",
            "Petrova",
            "Nilsen",
            "Iyer",
            "Laurent",
            "Mendes",
            "Rahman",
            "Holm",
            "Farouk",
            "Kowalski",
            "Jansen",
            "Costa",
            "Nassar",
            "Ricci",
            "Weber",
            "Ivanov",
            "Fischer",
            "Cohen",
            "Andersen",
            "Marin",
            "Keller",
            "Martin",
            "Campbell",
            "Torres",
            "Lund",
            "Wagner",
            "Rossi",
            "Hansen",
            "Popova",
            "Ortiz",
            "Aziz",
            "Larsen",
            "Varga");

    private DemoPeople() {}

    static List<ImportUsersRequest> first(int count) {
        List<ImportUsersRequest> people = new ArrayList<>(count);
        int names = FIRST_NAMES.size();
        for (int number = 0; number < count; number++) {
            // All pairs once: the lists are equally long, and each round moves the one against the other.
            String firstName = FIRST_NAMES.get(number % names);
            String lastName = LAST_NAMES.get((number + number / names) % names);
            String username = (firstName + "." + lastName).toLowerCase(Locale.ROOT);
            people.add(ImportUsersRequest.newBuilder()
                    .setFields(UserFields.newBuilder()
                            .setExternalId(externalId(number))
                            .setFirstName(firstName)
                            .setLastName(lastName)
                            .setUsername(username)
                            .setEmailAddress(username + "@demo.example"))
                    .build());
        }
        return people;
    }

    static String externalId(int number) {
        return EXTERNAL + "%04d".formatted(number);
    }
}
