package dev.membership.domain.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InputTest {
    @Test
    void textsAreTrimmedAndBlankIsMissing() {
        assertThat(Input.required("name", " a b ", 3)).isEqualTo("a b");
        assertThat(Input.optional("name", "\t ", 3)).isNull();
        assertThat(refusal(() -> Input.required("name", " ", 3)).code()).isEqualTo(ErrorCode.FORM_PARAM_MISSING);
    }

    @Test
    void tooLongOneNamesFieldAndLimit() {
        Refusal refusal = refusal(() -> Input.optional("name", "abcd", 3));
        assertThat(refusal.code()).isEqualTo(ErrorCode.FORM_PARAM_MAX_LENGTH_EXCEEDED);
        assertThat(refusal.meta()).isEqualTo(Map.of("param_name", "name", "limit", 3L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\0b", "\ud800", "\udc00\ud800"})
    void whatPostgresCannotKeepIsRefused(String text) {
        assertThat(refusal(() -> Input.optional("name", text, 10)).code())
                .isEqualTo(ErrorCode.FORM_PARAM_VALUE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "a@b", "a b@c.d", "a@b@c.d", "@b.c"})
    void notAnEmailAddress(String text) {
        assertThat(refusal(() -> Input.email("email_address", text)).code())
                .isEqualTo(ErrorCode.FORM_PARAM_FORMAT_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"15551234567", "+05551234567", "+1 555 123", "+123", "+1234567890123456"})
    void notAPhoneNumber(String text) {
        assertThat(catchThrowableOfType(Refusal.class, () -> Input.phone("phone_number", text)))
                .isNotNull();
    }

    @Test
    void filtersTakeAHundredValues() {
        assertThat(Input.filterValues("user_id", Collections.nCopies(100, "a"))).hasSize(100);
        assertThat(refusal(() -> Input.filterValues("user_id", Collections.nCopies(101, "a")))
                        .code())
                .isEqualTo(ErrorCode.FORM_PARAM_ARRAY_SIZE_EXCEEDED);
        assertThat(refusal(() -> Input.batch("ids", List.of(), 1)).code()).isEqualTo(ErrorCode.FORM_PARAM_MISSING);
    }

    @Test
    void timesAreKeptInMicrosecondsAndNotFromTheFuture() {
        Clock clock = Clock.fixed(Instant.parse("2026-01-01T00:00:00.123456789Z"), ZoneOffset.UTC);
        Instant now = Input.now(clock);
        assertThat(Input.createdAt(null, now)).isEqualTo("2026-01-01T00:00:00.123456Z");
        assertThat(refusal(() -> Input.createdAt(clock.instant(), now)).code())
                .isEqualTo(ErrorCode.FORM_DISALLOW_FUTURE_DATE);
    }

    private static Refusal refusal(Runnable work) {
        return catchThrowableOfType(Refusal.class, work::run);
    }
}
