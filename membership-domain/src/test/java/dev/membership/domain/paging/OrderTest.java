package dev.membership.domain.paging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membership.domain.error.Refusal;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {
    private static final Order NAME = Order.ascending("name", "o.name_key", Order.Type.TEXT);
    private static final Order OTHERWISE = Order.ascending("id", "o.id", Order.Type.TEXT);

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"name,false", "+name,false", " name,false", "-name,true"})
    void signGivesTheDirection(String text, boolean descending) {
        Order order = Order.parse(text, Map.of("name", NAME), OTHERWISE);
        assertThat(order.name()).isEqualTo("name");
        assertThat(order.descending()).isEqualTo(descending);
    }

    @Test
    void nothingAskedGivesTheListsOwnOrder() {
        assertThat(Order.parse("", Map.of(), OTHERWISE)).isSameAs(OTHERWISE);
        assertThat(Order.parse(null, Map.of(), OTHERWISE)).isSameAs(OTHERWISE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"o.name_key", "--name", "NAME", "name desc", "-"})
    void unknownOneIsRefused(String text) {
        assertThatThrownBy(() -> Order.parse(text, Map.of("name", NAME), OTHERWISE))
                .isInstanceOf(Refusal.class);
    }
}
