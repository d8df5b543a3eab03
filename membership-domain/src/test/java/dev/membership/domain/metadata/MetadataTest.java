package dev.membership.domain.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.membership.domain.error.ErrorCode;
import dev.membership.domain.error.Refusal;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetadataTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // objects merge at any depth
                "{'a':{'b':1,'c':{'d':2}}} | {'a':{'c':{'e':3}}} | {'a':{'b':1,'c':{'d':2,'e':3}}}",
                // arrays and scalars are replaced, by an object too
                "{'a':[1,2],'b':1}         | {'a':[3],'b':{'c':1}} | {'a':[3],'b':{'c':1}}",
                // null removes, at any depth, and never stays as a value
                "{'a':1,'b':{'c':1}}       | {'a':null,'b':{'c':null,'d':{'e':null}}} | {'b':{'d':{}}}",
                "{'a':1}                   | {} | {'a':1}",
            })
    void mergesAsRfc7396(String present, String patch, String merged) {
        assertThat(metadata(present).merge("public_metadata", metadata(patch)).json())
                .isEqualTo(merged.replace('\'', '"'));
    }

    @Test
    void absentPatchLeavesAllAsItIs() {
        Metadata present = metadata("{'a':1}");
        assertThat(present.merge("public_metadata", null)).isSameAs(present);
    }

    @Test
    void limitHoldsForTheResultInBytesOfUtf8() {
        String half = "ä".repeat(Metadata.MAX_BYTES / 4 - 4);
        Metadata first = Metadata.parse("public_metadata", "{\"a\":\"" + half + "\"}");
        Metadata second = Metadata.parse("public_metadata", "{\"b\":\"" + half + "\"}");
        assertThat(first.merge("public_metadata", second).json()).hasSizeLessThan(Metadata.MAX_BYTES);
        Metadata more = metadata("{'c':'%s'}".formatted("x".repeat(32)));
        Metadata full = first.merge("public_metadata", second);
        assertThat(refusal(() -> full.merge("public_metadata", more)).code())
                .isEqualTo(ErrorCode.FORM_PARAM_EXCEEDS_ALLOWED_SIZE);
        assertThat(full.merge("public_metadata", metadata("{'a':null,'c':1}")).json())
                .endsWith("\"c\":1}");
    }

    /** PostgreSQL keeps and gives back all digits of a number, however short it was sent. */
    @ParameterizedTest
    @CsvSource({
        "1e300, 301",
        "1e-300, 302",
        "-1.5e22, 24",
        "1.50, 3",
        "0.00001, 7",
        "1e2, 3",
        "12345678901234567890, 20"
    })
    void numbersAreMeasuredAsTheyAreKept(String number, int digits) {
        Metadata once = metadata("{'n':" + number + "}");
        assertThat(once.json()).hasSize("{'n':}".length() + digits);
        assertThat(once.merge("public_metadata", metadata("{'n':0}"))
                        .merge("public_metadata", once)
                        .json())
                .isEqualTo(once.json());

        int most = (Metadata.MAX_BYTES - "{'n':[]}".length() + 1) / (digits + 1);
        metadata("{'n':[" + String.join(",", Collections.nCopies(most, number)) + "]}");
        String more = "{'n':[" + String.join(",", Collections.nCopies(most + 1, number)) + "]}";
        assertThat(refusal(() -> metadata(more)).code()).isEqualTo(ErrorCode.FORM_PARAM_EXCEEDS_ALLOWED_SIZE);
    }

    @Test
    void refusesWhatIsNoObjectTooDeepOrNoText() {
        assertThat(refusal(() -> Metadata.parse("m", "[1]")).code()).isEqualTo(ErrorCode.FORM_PARAM_TYPE_INVALID);
        assertThat(refusal(() -> Metadata.parse("m", "{")).code()).isEqualTo(ErrorCode.FORM_PARAM_VALUE_INVALID);
        assertThat(refusal(() -> Metadata.parse("m", "{\"a\":\"\\u0000\"}")).code())
                .isEqualTo(ErrorCode.FORM_PARAM_VALUE_INVALID);
        String deep = "{\"a\":".repeat(Metadata.MAX_DEPTH) + "{}" + "}".repeat(Metadata.MAX_DEPTH);
        assertThat(refusal(() -> Metadata.parse("m", deep)).code()).isEqualTo(ErrorCode.FORM_PARAM_VALUE_INVALID);
    }

    private static Metadata metadata(String json) {
        return Metadata.parse("public_metadata", json.replace('\'', '"'));
    }

    private static Refusal refusal(Runnable work) {
        return catchThrowableOfType(Refusal.class, work::run);
    }
}
