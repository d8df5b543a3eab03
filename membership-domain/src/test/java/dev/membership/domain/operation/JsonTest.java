package dev.membership.domain.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Command(@Nullable String name, Map<String, @Nullable String> metadata) {}

    private record LaterCommand(
            @Nullable String name,
            Map<String, @Nullable String> metadata,
            @Nullable String slug,
            List<String> roles) {}

    @Test
    void aLaterVersionFindsWhatWasAskedTheSame() {
        assertThat(Json.writeGiven(new LaterCommand("Acme", Map.of(), null, List.of())))
                .isEqualTo(Json.writeGiven(new Command("Acme", Map.of())));
    }

    @Test
    void whatIsGivenMakesADifferenceEvenIfItIsEmpty() {
        var without = new LaterCommand("Acme", Map.of(), null, List.of());

        assertThat(List.of(
                        new LaterCommand("", Map.of(), null, List.of()),
                        new LaterCommand("Acme", Collections.singletonMap("removed", null), null, List.of()),
                        new LaterCommand("Acme", Map.of(), "", List.of()),
                        new LaterCommand("Acme", Map.of(), null, List.of(""))))
                .allSatisfy(with -> assertThat(Json.writeGiven(with)).isNotEqualTo(Json.writeGiven(without)));
    }
}
