package dev.membership.domain.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LikeTest {
    @Test
    void textMeansItselfInLowerCase() {
        assertThat(Like.containing("50%_A\\")).isEqualTo("%50\\%\\_a\\\\%");
    }
}
