package dev.membership.domain.organization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.domain.error.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlugTest {
    private static final String ID = "org_2abcDEFghiJKLmnoPQRstuVWXyz";

    @ParameterizedTest
    @CsvSource({"Acme Inc.,acme-inc", "  --Ünïcödé & Söhne--,unicode-sohne", "a_b__c,a-b-c"})
    void comesFromTheName(String name, String slug) {
        assertThat(Slug.from(name, ID)).isEqualTo(slug);
    }

    @Test
    void nameWithoutALetterGivesAValidOneAllTheSame() {
        assertThat(Slug.parse(Slug.from("株式会社", ID))).isEqualTo("organization-uvwxyz");
    }

    @Test
    void neverTooLong() {
        String slug = Slug.from("x".repeat(63) + " y", ID);
        assertThat(slug).isEqualTo("x".repeat(63));
        assertThat(Slug.distinct(slug, ID)).hasSize(64).startsWith("xxx").endsWith("-uvwxyz");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Acme", "a b", "org_1", "ä"})
    void givenOneIsNotBent(String slug) {
        assertThatThrownBy(() -> Slug.parse(slug)).isInstanceOf(Refusal.class);
    }

    @Test
    void blankIsNotGiven() {
        assertThat(Slug.parse(" ")).isNull();
        assertThatThrownBy(() -> Slug.required(" ")).isInstanceOf(Refusal.class);
    }
}
